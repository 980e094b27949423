import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { eventually, formatDuration } from '../support/time';
import { type JsonFeature, presentable } from './html-features';
import { escapeHtml } from './html-text';
import type { Metadatum } from './run-metadata';

/** What the report is made of. */
export interface HtmlReportOptions {
  /** The path of the runner's `cucumber.json`, which may still be being written. */
  readonly json: string;
  /** The folder to write to; it is created. Files of an earlier report in it are overwritten. */
  readonly directory: string;
  readonly title: string;
  /** Facts about the run (providers, versions, commit, ...), shown in this order. */
  readonly metadata: readonly Metadatum[];
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** How long to wait for the end of `json`; 10,000 by default. */
  readonly waitMs?: number;
  /** An existing folder for temporary files; the system's by default. */
  readonly workshop?: string;
}

/** The part of multiple-cucumber-html-reporter's options in use here. */
interface LibraryOptions {
  readonly jsonDir: string;
  readonly reportPath: string;
  readonly reportName: string;
  readonly pageTitle: string;
  readonly pageFooter: string;
  readonly customStyle: string;
  readonly customData: { readonly title: string; readonly data: readonly Metadatum[] };
  readonly displayDuration: boolean;
  readonly hideMetadata: boolean;
  readonly staticFilePath: boolean;
  readonly disableLog: boolean;
}

interface Library {
  generate(options: LibraryOptions): void;
}

const usualWaitMs = 10_000;

/** It loads some 150 files, which may be done early, while something else is waited for. */
export function loadLibrary(): Library {
  return require('multiple-cucumber-html-reporter');
}

/**
 * Builds the HTML report of a run. It needs no network to be read. A run without scenarios gives a page that says
 * so. Durations of scenarios are those of their steps; of the run, its wall time.
 * @returns the path of its `index.html`, absolute
 * @throws Error when `json` is not complete in time, is no list of features, or a file cannot be written
 */
export async function buildHtmlReport(options: HtmlReportOptions): Promise<string> {
  const directory = resolve(options.directory);
  const features = await completeFeatures(resolve(options.json), options.waitMs ?? usualWaitMs);
  await mkdir(directory, { recursive: true });
  const index = join(directory, 'index.html');
  if (features.some(({ elements }) => elements?.length)) await generate(features, directory, options);
  else await writeFile(index, emptyPage(options));
  return index;
}

/** The runner ends the file's stream only after its plugins: so wait until it holds a whole document. */
async function completeFeatures(path: string, withinMs: number): Promise<JsonFeature[]> {
  let triedSize = -1;
  try {
    const { value } = await eventually(
      async () => {
        const { size } = await stat(path);
        if (size === triedSize) throw new Error('it does not grow, and is not complete');
        triedSize = size;
        return JSON.parse(await readFile(path, 'utf8')) as unknown;
      },
      { withinMs },
    );
    if (Array.isArray(value)) return value;
  } catch (cause) {
    throw new Error(`${path} is not complete after ${formatDuration(withinMs)}`, { cause });
  }
  throw new Error(`${path} is not a report of cucumber's json formatter`);
}

async function generate(
  features: readonly JsonFeature[],
  directory: string,
  options: HtmlReportOptions,
): Promise<void> {
  // The library reads every .json of its folder, and takes its templates from the current folder first, where a
  // `style.css` or `generic.js` of the project may lie: both get a private one.
  const workshop = await mkdtemp(join(options.workshop ?? tmpdir(), 'brine-report-'));
  try {
    await writeFile(join(workshop, 'features.json'), JSON.stringify(presentable(features)));
    await writeFile(join(workshop, 'brine-style.css'), style);
    const library = loadLibrary();
    inFolder(workshop, () => library.generate(libraryOptions(workshop, directory, options)));
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

function libraryOptions(workshop: string, directory: string, options: HtmlReportOptions): LibraryOptions {
  const title = escapeHtml(options.title);
  return {
    jsonDir: workshop,
    reportPath: directory,
    reportName: title,
    pageTitle: title,
    pageFooter: footer,
    customStyle: join(workshop, 'brine-style.css'),
    customData: { title: 'Run', data: facts(options) },
    displayDuration: true,
    hideMetadata: true,
    staticFilePath: true,
    disableLog: true,
  };
}

/** Does synchronous work with another current folder; in a worker, where that cannot be changed, without. */
function inFolder(folder: string, work: () => void): void {
  const before = process.cwd();
  if (isMainThread) process.chdir(folder);
  try {
    work();
  } finally {
    if (isMainThread) process.chdir(before);
  }
}

function facts({ metadata, startedAt, finishedAt }: HtmlReportOptions): Metadatum[] {
  const wallTime = formatDuration(Math.max(0, finishedAt.getTime() - startedAt.getTime()));
  return [
    { label: 'Started', value: startedAt.toISOString().replace('T', ' ').replace(/\..*/, ' UTC') },
    { label: 'Wall time', value: wallTime },
    ...metadata,
  ].map(({ label, value }) => ({ label: escapeHtml(label), value: escapeHtml(value) }));
}

/** The library's boxes have one height for all, and hide what is wider than they are. */
const style = `
.fixed_height_320 { height: auto; min-height: 320px; }
table.quick-list { width: 100%; }
table.quick-list tr { white-space: normal; }
table.quick-list td { vertical-align: top; line-height: 1.5; padding: 4px 0; overflow-wrap: anywhere; }
table.quick-list td.meta-data-title { display: table-cell; white-space: nowrap; padding-right: 12px; }
pre.info { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 40em; overflow-y: auto; }
`;

/** Opens what did not pass, with its errors (the library has every scenario closed at first); keeps charts still. */
const footer = `<div class="created-by"><p>made by Brine</p></div>
<script>
document.addEventListener('DOMContentLoaded', () => {
  if (window.Chart) Chart.defaults.global.animation.duration = 0;
  const marks = '.failed-background, .ambiguous-background, .not-defined-background, .pending-background';
  for (const mark of document.querySelectorAll(marks)) {
    mark.closest('.x_panel').querySelector('.x_content').style.display = 'block';
  }
  for (const error of document.querySelectorAll('[id^="error"].collapse')) error.classList.add('show');
});
</script>`;

function emptyPage(options: HtmlReportOptions): string {
  const title = escapeHtml(options.title);
  const rows = facts(options).map(({ label, value }) => `<tr><th>${label}</th><td>${value}</td></tr>`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<style>body { font-family: sans-serif; margin: 3em; } th { text-align: left; padding-right: 1em; }</style>
</head>
<body>
<h1>${title}</h1>
<p>No scenario ran: none was selected, or the run ended before the first.</p>
<table>
${rows.join('\n')}
</table>
</body>
</html>
`;
}
