import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { buildHtmlReport, loadLibrary } from './html-report';
import { type Metadatum, runMetadata } from './run-metadata';

/** A run as its report presents it. */
export interface RunReportOptions {
  /** Where the runner wrote `cucumber.json`; the page goes to `html/` below it. */
  readonly directory: string;
  readonly projectDirectory: string;
  readonly title: string;
  /** What each backing service was; empty when nothing was started. */
  readonly services: ReadonlyArray<{
    readonly service: string;
    readonly provider: string;
    readonly version: string;
  }>;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** An existing folder for temporary files, so that whoever removes it removes them; the system's by default. */
  readonly workshop?: string;
}

const packages = ['@cucumber/cucumber', 'testcontainers', 'typeorm', 'kafkajs', 'ioredis'];

/**
 * Builds the HTML report of a run from the runner's own JSON.
 * @returns its path relative to the project; undefined when the run wrote no JSON (other formats were asked for)
 */
export async function buildRunReport(options: RunReportOptions): Promise<string | undefined> {
  const json = join(options.directory, 'cucumber.json');
  if (!(await isOfThisRun(json, options.startedAt))) return undefined;
  const metadata = metadataOf(options);
  loadLibrary(); // while git answers
  const index = await buildHtmlReport({
    json,
    directory: join(options.directory, 'html'),
    title: options.title,
    metadata: await metadata,
    startedAt: options.startedAt,
    finishedAt: options.finishedAt,
    ...(options.workshop === undefined ? {} : { workshop: options.workshop }),
  });
  return relative(options.projectDirectory, index);
}

async function metadataOf(options: RunReportOptions): Promise<Metadatum[]> {
  return [
    ...options.services.map(({ service, provider, version }) => ({
      label: service,
      value: `${provider}: ${version}`,
    })),
    ...(await runMetadata({ directory: options.projectDirectory, packages })),
  ];
}

/** A file of an earlier run may lie there when this one was asked for other formats. */
async function isOfThisRun(path: string, startedAt: Date): Promise<boolean> {
  try {
    return (await stat(path)).mtimeMs >= startedAt.getTime() - fileClockMs;
  } catch {
    return false;
  }
}

/** File times are coarser than the clock. */
const fileClockMs = 1_000;
