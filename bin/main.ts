import { parseArgs } from 'node:util';
import { version } from '../package.json';
import { didYouMean, maskFor, messageOf } from '../support/errors';
import { type Command, WrongCallError } from './command';
import { doctor } from './doctor';
import { kafka } from './kafka';
import { report } from './report';
import { steps } from './steps';

const commands: readonly Command[] = [doctor, steps, report, kafka];

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
    const name = firstWord(args);
    const command = commands.find((candidate) => candidate.name === name);
    const { values, positionals } = parsed(args, command);
    if (values.version === true) return said(`${version}\n`);
    if (values.help === true || name === 'help') return said(usage());
    if (command === undefined) return refused(name);
    const { profile, version: _version, help: _help, ...own } = values;
    const call = { words: positionals.slice(1), directory: process.cwd(), values: own };
    return await command.run({ ...call, profile: typeof profile === 'string' ? profile : undefined }, print);
  } catch (error) {
    process.stderr.write(`brine: ${maskFor([])(messageOf(error))}\n`);
    return isWrongCall(error) ? refusedOption() : 1;
  }
}

const shared = {
  profile: { type: 'string', short: 'p' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** The name of the command: the options that only it has are not known before. */
function firstWord(args: readonly string[]): string {
  const { positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: shared,
  });
  return positionals[0] ?? '';
}

function parsed(args: readonly string[], command: Command | undefined) {
  const options = { ...command?.options, ...shared };
  const call = { args: [...args], allowPositionals: true, options };
  const { tokens } = parseArgs({ ...call, strict: false, tokens: true });
  const unknown = tokens.find((token) => token.kind === 'option' && !(token.name in options));
  if (unknown?.kind === 'option') {
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new WrongCallError(
      `unknown option "${unknown.rawName}". ${didYouMean(unknown.rawName, names)}`.trim(),
    );
  }
  return parseArgs(call);
}

function isWrongCall(error: unknown): boolean {
  if (error instanceof WrongCallError) return true;
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
    ...commands.flatMap(({ name, optionLines }) =>
      optionLines ? ['', `Options of ${name}:`, ...optionLines.map((line) => `  ${line}`)] : [],
    ),
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
