import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { BrineError, messageOf } from '../support/errors';
import type { MergeOptions } from './merge-reports';

/** What `npm run report` and `npx brine report` are called with besides the files. */
export const mergeOptions = {
  out: { type: 'string' },
  title: { type: 'string' },
  shards: { type: 'string' },
} as const;

/** What the usage says of them, one line each. */
export const mergeOptionLines = [
  '--out <folder>   where the merged report goes (reports/out-merged)',
  '--title <text>   title of its page (Acceptance tests)',
  '--shards <n>     how many shards there should be; fewer or more fail',
];

/** The options as they are given. */
export interface MergeValues {
  readonly out?: string | undefined;
  readonly title?: string | undefined;
  readonly shards?: string | undefined;
}

/** How it is called in this repository. */
export const script = 'npm run report';

/** Bad input, as against tests that failed. */
const badInput = 2;

/**
 * Merges the reports of shards.
 * @param call how it is called, for messages: `npm run report`
 * @param files `messages.ndjson` of each shard, or globs
 * @returns the exit code: 1 when a shard failed or is missing, 2 when there is something that cannot be merged
 */
export async function merge(call: string, files: readonly string[], values: MergeValues): Promise<number> {
  try {
    const { passed, lines } = await loadMerge().mergeReports(await optionsOf(files, values));
    process.stdout.write(`${lines.join('\n')}\n`);
    return passed ? 0 : 1;
  } catch (error) {
    return refused(call, error);
  }
}

/** A command line that merges nothing need not load it. */
function loadMerge(): typeof import('./merge-reports') {
  return require('./merge-reports');
}

/** Says what cannot be merged, or was wrong with the call. @returns the exit code */
export function refused(call: string, error: unknown): number {
  const message = messageOf(error);
  process.stderr.write(`${call === script ? message : message.replace(/npm run report( --)?/g, call)}\n`);
  return badInput;
}

async function optionsOf(
  files: readonly string[],
  { out = 'reports/out-merged', title = 'Acceptance tests', shards }: MergeValues,
): Promise<MergeOptions> {
  if (files.length === 0) throw wrong('no file is given', usage());
  return {
    files: (await Promise.all(files.map(filesOf))).flat(),
    directory: out,
    title,
    ...(shards === undefined ? {} : { shards: numberOf(shards) }),
  };
}

function usage(): string {
  const lines = mergeOptionLines.map((line) => `  ${line}\n`).join('');
  return `npm run report -- [options] <messages.ndjson of each shard, or a glob> ...\n\n${lines}`;
}

/** A call that is none. */
export function wrongCall(error: unknown): BrineError {
  return wrong(messageOf(error), usage());
}

function wrong(problem: string, advice = ''): BrineError {
  return new BrineError('BRINE_REPORT_002', { problem, advice });
}

/** A path that does not exist may be a glob that the shell left as it was; in the order of its numbers. */
async function filesOf(path: string): Promise<string[]> {
  if (existsSync(path) || !/[*?[{]/.test(path)) return [path];
  const found: string[] = [];
  for await (const file of glob(path)) found.push(file);
  if (found.length === 0) throw wrong(`no file matches ${path}`);
  return found.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function numberOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw wrong(`--shards takes a number from 1, not ${text}`);
  return Number(text);
}
