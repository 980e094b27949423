import { parseArgs } from 'node:util';
import { version } from '../package.json';
import { didYouMean, maskFor, messageOf } from '../support/errors';
import type { Command } from './command';
import { doctor } from './doctor';
import { steps } from './steps';

const commands: readonly Command[] = [doctor, steps];

const wrongCall = 2;

/**
 * The command line of Brine; `args` without the program's own name. Ends the process: 0 when all is well, 1 when
 * it is not, 2 when the call was wrong.
 */
export async function main(args: readonly string[]): Promise<void> {
  const code = await run(args);
  // what a check has left open must not keep the process; but everything written is still to arrive
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

async function run(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parsed(args);
    const [name = '', ...words] = positionals;
    if (values.version) return said(`${version}\n`);
    if (values.help || name === 'help') return said(usage());
    const command = commands.find((candidate) => candidate.name === name);
    if (command === undefined) return refused(name);
    return await command.run({ words, profile: values.profile, directory: process.cwd() }, print);
  } catch (error) {
    process.stderr.write(`brine: ${maskFor([])(messageOf(error))}\n`);
    return isWrongCall(error) ? refusedOption() : 1;
  }
}

function parsed(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      profile: { type: 'string', short: 'p' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
}

function isWrongCall(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function refused(name: string): number {
  const suggestion = didYouMean(
    name,
    commands.map((command) => command.name),
  );
  const what = name === '' ? 'a command is missing' : `unknown command "${name}". ${suggestion}`;
  process.stderr.write(`brine: ${what.trim()}\n\n${usage()}`);
  return wrongCall;
}

function refusedOption(): number {
  process.stderr.write(`\n${usage()}`);
  return wrongCall;
}

function usage(): string {
  const width = Math.max(...commands.map((command) => command.usage.length));
  return [
    'Usage: npx brine <command>',
    '',
    ...commands.map(({ usage: call, summary }) => `  ${call.padEnd(width)}  ${summary}`),
    '',
    'Options:',
    '  -p, --profile <name>  the cucumber profile, instead of the default one',
    '  -h, --help            this page',
    '  -v, --version         the version',
    '',
    'Scenarios are run by cucumber-js: npx cucumber-js --tags @orders',
    '',
  ].join('\n');
}

function said(text: string): number {
  print(text);
  return 0;
}

function print(text: string): void {
  process.stdout.write(text);
}
