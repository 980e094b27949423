import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Envelope, Meta } from '@cucumber/messages';
import { BrineError } from '../support/errors';
import { endedRun, type ShardRun } from './cut-off';
import { buildHtmlReport } from './html-report';
import { mergeMessages } from './merge-messages';
import { readMessageFile } from './message-file';
import { plain } from './paint';
import { messageLines } from './progress-formatter';
import type { Metadatum } from './run-metadata';
import { cucumberJson, junitXml } from './runner-formats';
import { type ShardSummary, summaryOf } from './shard-summary';
import { amount } from './summary-text';

/** Which reports to merge, and where to. */
export interface MergeOptions {
  /** A `messages.ndjson` of each shard, in the order in which the report is to number them. */
  readonly files: readonly string[];
  /** The folder for the merged report; it is created. Files of an earlier report in it are overwritten. */
  readonly directory: string;
  readonly title: string;
  /** How many shards there should be; as many as there are files by default. */
  readonly shards?: number;
}

/** What became of it. */
export interface MergedReport {
  /** Whether every shard passed, none was cut off or left out, and no scenario ran twice. */
  readonly passed: boolean;
  /** What to print: a line for each shard, what is wrong, and the end of the run as the terminal shows it. */
  readonly lines: readonly string[];
}

/**
 * Merges the reports of shards into one, in the files that a run writes: `messages.ndjson`, `cucumber.json`,
 * `junit.xml` and `html/index.html`. A shard that was cut off is in it with what it had done.
 * @throws BrineError naming the file, and the line, of what cannot be merged; then nothing is written
 */
export async function mergeReports(options: MergeOptions): Promise<MergedReport> {
  assertOutputIsNoInput(options);
  const shards: ShardRun[] = [];
  for (const file of options.files) shards.push(endedRun(await readMessageFile(file)));
  const messages = mergeMessages(shards);
  const summaries = shards.map(summaryOf);
  const problems = [...missing(options), ...ranTwice(summaries)];
  const index = await writeReport(messages, summaries, problems, options);
  return {
    passed: problems.length === 0 && summaries.every(({ passed }) => passed),
    lines: [
      ...summaries.map((summary, at) => shardLine(summary, at + 1)),
      ...endLines(messages),
      ...problems.map((problem) => `✗ ${problem}`),
      `report: ${relative(process.cwd(), index)}`,
    ],
  };
}

function assertOutputIsNoInput({ files, directory }: MergeOptions): void {
  const output = resolve(directory, 'messages.ndjson');
  const same = files.find((file) => resolve(file) === output);
  if (same !== undefined)
    throw new BrineError('BRINE_REPORT_002', {
      problem: `${same} is where the merged report goes`,
      advice: 'leave it out, or change --out',
    });
}

function missing({ files, shards }: MergeOptions): string[] {
  if (shards === undefined || shards === files.length) return [];
  return [`there are reports of ${amount(files.length, 'shard')}, and there should be ${shards}`];
}

/** Then the counts are wrong, and a shard may have been left out for the one that was run twice. */
function ranTwice(summaries: readonly ShardSummary[]): string[] {
  return summaries.flatMap((one, at) =>
    summaries.slice(at + 1).flatMap((other) => {
      const both = [...one.chosen].filter((place) => other.chosen.has(place));
      if (both.length === 0) return [];
      const example = `${both[0]}${both.length === 1 ? '' : ` and ${both.length - 1} more`}`;
      return [`${one.path} and ${other.path} both ran ${example}: was one shard run twice?`];
    }),
  );
}

async function writeReport(
  messages: readonly Envelope[],
  summaries: readonly ShardSummary[],
  problems: readonly string[],
  { directory, title }: MergeOptions,
): Promise<string> {
  const json = join(directory, 'cucumber.json');
  await mkdir(directory, { recursive: true });
  await pipeline(Readable.from(lines(messages)), createWriteStream(join(directory, 'messages.ndjson')));
  await writeFile(json, cucumberJson(messages));
  await writeFile(join(directory, 'junit.xml'), junitXml(messages));
  const metadata = metadataOf(messages, summaries, problems);
  return buildHtmlReport({ json, directory: join(directory, 'html'), title, metadata, ...timesOf(messages) });
}

function* lines(messages: readonly Envelope[]): Generator<string> {
  for (const message of messages) yield `${JSON.stringify(message)}\n`;
}

function timesOf(messages: readonly Envelope[]): { startedAt: Date; finishedAt: Date } {
  const started = messages.find(({ testRunStarted }) => testRunStarted)?.testRunStarted;
  const finished = messages.at(-1)?.testRunFinished;
  return { startedAt: dateOf(started), finishedAt: dateOf(finished) };
}

function dateOf(moment: { timestamp: { seconds: number; nanos: number } } | undefined): Date {
  const { seconds, nanos } = moment?.timestamp ?? { seconds: 0, nanos: 0 };
  return new Date(seconds * 1_000 + nanos / 1e6);
}

function metadataOf(
  messages: readonly Envelope[],
  summaries: readonly ShardSummary[],
  problems: readonly string[],
): Metadatum[] {
  const failed = summaries.flatMap(({ passed }, at) => (passed ? [] : [at + 1]));
  const outcome = failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`;
  return [
    { label: 'Shards', value: `${summaries.length}, ${outcome}` },
    ...problems.map((value) => ({ label: 'Problem', value })),
    ...summaries.map(({ path, text }, at) => ({ label: `Shard ${at + 1}`, value: `${path}: ${text}` })),
    { label: 'In no shard', value: amount(inNoShard(summaries), 'scenario') },
    ...runnerOf(messages.find(({ meta }) => meta)?.meta),
  ];
}

/** Scenarios that tags or names left out; or those of a shard that is not here. */
function inNoShard(summaries: readonly ShardSummary[]): number {
  const known = new Set(summaries.flatMap((summary) => [...summary.known]));
  for (const { chosen } of summaries) for (const place of chosen) known.delete(place);
  return known.size;
}

function runnerOf(meta: Meta | undefined): Metadatum[] {
  if (meta === undefined) return [];
  const { implementation, runtime, os, cpu, ci } = meta;
  const products = [implementation, runtime, os].map(({ name, version }) =>
    `${name} ${version ?? ''}`.trim(),
  );
  return [
    ...(ci?.git === undefined ? [] : [{ label: 'Commit', value: commit(ci.git) }]),
    ...(ci?.url === undefined ? [] : [{ label: 'Built by', value: `${ci.name} ${ci.url}` }]),
    { label: 'Runner', value: `${products.join(', ')} ${cpu.name}` },
  ];
}

function commit({ revision, branch }: { revision: string; branch?: string }): string {
  return `${revision.slice(0, 12)}${branch === undefined ? '' : ` on ${branch}`}`;
}

function shardLine({ path, passed, text }: ShardSummary, number: number): string {
  return `${passed ? '✓' : '✗'} shard ${number}  ${path}  ${text}`;
}

/** What the progress formatter says at the end of a run: all before it was said when the shards ran. */
function endLines(messages: readonly Envelope[]): string[] {
  const show = messageLines({ paint: plain, directory: process.cwd(), report: '' });
  return messages.map(show).at(-1) ?? [];
}
