import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** A cucumber project in a folder of its own: steps in plain JavaScript, Brine's formatter on the terminal. */
export interface SmallProject extends AsyncDisposable {
  readonly directory: string;
  /** Runs the real runner; `output` is what the formatter printed. */
  run(
    args?: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): Promise<{ output: string; errors: string; exitCode: number | null }>;
}

/** @param files texts by path; `cucumber.js` is added, with this further configuration */
export async function smallProject(
  files: Readonly<Record<string, string>>,
  configuration: Readonly<Record<string, unknown>> = {},
): Promise<SmallProject> {
  const directory = await mkdtemp(join(tmpdir(), 'brine-reports-'));
  const all = { 'cucumber.js': cucumberJs(configuration), ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  return {
    directory,
    run: (args = [], env = {}) => run(directory, args, env),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

function cucumberJs(configuration: Readonly<Record<string, unknown>>): string {
  const profile = {
    paths: ['features/**/*.feature'],
    require: ['steps.js'],
    format: [join(root, 'reports/progress-formatter.ts'), ['json', 'out/cucumber.json']],
    formatOptions: { brine: { report: 'out/html/index.html' } },
    ...configuration,
  };
  return `process.env.TS_NODE_PROJECT = ${JSON.stringify(join(root, 'tsconfig.json'))};
require(${JSON.stringify(join(root, 'support/typescript/register'))});
module.exports = { default: ${JSON.stringify(profile)} };
`;
}

function run(directory: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const runner = join(root, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const { FORCE_COLOR: _force, NO_COLOR: _no, NODE_TEST_CONTEXT: _context, ...inherited } = process.env;
  const child = spawn(process.execPath, [runner, ...args], { cwd: directory, env: { ...inherited, ...env } });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise<{ output: string; errors: string; exitCode: number | null }>((done, failed) => {
    child.once('error', failed);
    child.once('close', (exitCode) => done({ output, errors, exitCode }));
  });
}

/** The output with every duration replaced, so that it can be compared as a whole. */
export function timeless(output: string): string {
  return output.replace(/\b\d+(?:\.\d+)? (?:ms|s|min)\b(?: \d+ s\b)?/g, '<time>');
}
