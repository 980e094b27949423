import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { Client } from 'pg';
import { BrineError, messageOf } from '../../errors';
import { bounded, formatDuration } from '../../time';
import type { RunContext } from '../provider';
import { withConnection, withoutPassword } from './connection';
import { filesOf } from './content-hash';
import { endOfText } from './log-end';
import type { DatabaseDeclaration, PostgresSettings } from './settings';

const defaultLimitMs = 120_000;
const keptOutput = 16_000;

/**
 * Migrates and seeds the empty database of the URL.
 * @throws BrineError BRINE_DB_001 with the command and the end of its output
 */
export async function migrateAndSeed(
  declaration: DatabaseDeclaration,
  url: string,
  settings: PostgresSettings,
  context: RunContext,
): Promise<void> {
  const { name, sql = [], seed = [] } = declaration;
  await runCommand(declaration, url, settings, context);
  const { projectDirectory } = context;
  const migrations = await filesOf(sql, projectDirectory, `databases.${name}.sql`);
  const seeds = await filesOf(seed, projectDirectory, `databases.${name}.seed`);
  if (migrations.length + seeds.length === 0) return;
  await withConnection(url, 'migrate', async (client) => {
    const limitMs = settings.migrateTimeoutMs ?? defaultLimitMs;
    for (const file of [...migrations, ...seeds])
      await runFile(client, file, name, { projectDirectory, limitMs });
  });
}

async function runFile(
  client: Client,
  file: string,
  database: string,
  { projectDirectory: project, limitMs }: { readonly projectDirectory: string; readonly limitMs: number },
): Promise<void> {
  const text = await readFile(file, 'utf8');
  try {
    await bounded(client.query(text), limitMs, () => tookLonger(limitMs));
    await client.query('RESET ALL'); // a dump sets search_path and the like
  } catch (error) {
    const line = lineOf(error, text);
    throw new BrineError(
      'BRINE_DB_001',
      {
        database,
        reason: `${relative(project, file)}${line}: ${messageOf(error)}`,
        log: '',
        command: `psql --file=${relative(project, file)} <a database of your own>`,
      },
      { cause: error },
    );
  }
}

/** `:12` when the server tells the position (in characters, from 1). */
function lineOf(error: unknown, text: string): string {
  const position = error instanceof Error && 'position' in error ? Number(error.position) : Number.NaN;
  return Number.isInteger(position) ? `:${text.slice(0, position).split('\n').length}` : '';
}

function tookLonger(limitMs: number): Error {
  return new Error(`it took longer than ${formatDuration(limitMs)} and was ended`);
}

async function runCommand(
  { name, migrate }: DatabaseDeclaration,
  url: string,
  { migrateTimeoutMs = defaultLimitMs }: PostgresSettings,
  context: RunContext,
): Promise<void> {
  if (migrate === undefined) return;
  const cwd = resolve(context.projectDirectory, migrate.cwd);
  const env = Object.fromEntries(
    Object.entries(migrate.env).map(([key, value]) => [key, value.replaceAll('{{database.url}}', url)]),
  );
  const { failure, output } = await runShell(migrate.command, cwd, env, migrateTimeoutMs, (pid) =>
    context.ledger.process(pid, `migration of ${name}`, 'SIGKILL'),
  );
  if (failure === undefined) return;
  throw new BrineError('BRINE_DB_001', {
    database: name,
    reason: failure,
    log: endOfText(output.replaceAll(url, withoutPassword(url))),
    command: `cd ${cwd} && ${migrate.command}`,
  });
}

/** Runs a command line in a process group of its own, which is killed when it takes too long. */
async function runShell(
  command: string,
  cwd: string,
  env: Readonly<Record<string, string>>,
  limitMs: number,
  started: (pid: number) => void,
): Promise<{ failure?: string; output: string }> {
  const child = spawn(command, {
    shell: true,
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-keptOutput);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<string | undefined>((done) => {
    child.once('error', (error) => done(messageOf(error)));
    child.once('close', (code, signal) =>
      done(code === 0 ? undefined : `it ended with ${signal ?? `exit code ${code}`}`),
    );
  });
  const { pid } = child;
  if (pid !== undefined) started(pid);
  try {
    const failure = await bounded(ended, limitMs, () => tookLonger(limitMs));
    return failure === undefined ? { output } : { failure, output };
  } catch (error) {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    await ended;
    return { failure: messageOf(error), output };
  }
}
