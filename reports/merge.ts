import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { BrineError, messageOf } from '../support/errors';
import { type MergeOptions, mergeReports } from './merge-reports';

const usage = `npm run report -- [options] <messages.ndjson of each shard, or a glob> ...

  --out <folder>   where the merged report goes (reports/out-merged)
  --title <text>   title of its page (Acceptance tests)
  --shards <n>     how many shards there should be; fewer or more fail
`;

/** Bad input, as against tests that failed. */
const badInput = 2;

/** `npm run report`: exits with 1 when a shard failed or is missing, with 2 when there is something it cannot merge. */
async function main(args: readonly string[]): Promise<void> {
  try {
    const { passed, lines } = await mergeReports(await optionsOf(args));
    process.stdout.write(`${lines.join('\n')}\n`);
    process.exitCode = passed ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = badInput;
  }
}

async function optionsOf(args: readonly string[]): Promise<MergeOptions> {
  const { values, positionals } = parsed(args);
  if (positionals.length === 0) throw wrong('no file is given', usage);
  return {
    files: (await Promise.all(positionals.map(filesOf))).flat(),
    directory: values.out,
    title: values.title,
    ...(values.shards === undefined ? {} : { shards: numberOf(values.shards) }),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string', default: 'reports/out-merged' },
        title: { type: 'string', default: 'Acceptance tests' },
        shards: { type: 'string' },
      },
    });
  } catch (error) {
    throw wrong(messageOf(error), usage);
  }
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

void main(process.argv.slice(2));
