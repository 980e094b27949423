import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after } from 'node:test';
import { Client } from 'pg';
import { Ledger } from '../../support/environment/leftovers/ledger';
import { isAlive, removeLeftovers } from '../../support/environment/leftovers/remove.js';
import {
  type DatabaseDeclaration,
  openDatabaseLane,
  type PostgresServerFacts,
  type PostgresSettings,
  postgresProviders,
  prepareTemplates,
} from '../../support/environment/postgres';
import { urlOfDatabase } from '../../support/environment/postgres/connection';
import type { RunContext } from '../../support/environment/provider';

export const settings: PostgresSettings = { startTimeoutMs: 20_000, testPrefix: 'brine_' };

/** Those of tests that do not dispose of their runs, or fail before: nothing stays in memory when the process ends. */
const directories = new Set<string>();
process.once('exit', () => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

let runs = 0;

/** A run as the real one has it, in folders of its own; everything it leaves is removed at its end. */
export class TestRun implements Disposable {
  readonly reports: string[] = [];
  readonly context: RunContext;

  constructor(
    readonly project: TestProject,
    cacheDirectory = project.cache,
    place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir(),
  ) {
    const directory = mkdtempSync(join(place, 'brine-test-'));
    directories.add(directory);
    this.context = {
      runId: `t${process.pid}x${runs++}`,
      directory,
      cacheDirectory,
      ledger: new Ledger(directory),
      projectDirectory: project.directory,
      report: (line) => this.reports.push(line),
    };
  }

  /** The processes of the ledger that are alive. */
  alive(): string[] {
    return this.ledger()
      .filter(({ kind, pid, identity }) => kind === 'process' && isAlive(pid, identity))
      .map(({ name, pid }) => `${name} ${pid}`);
  }

  pids(name: string): number[] {
    return this.ledger()
      .filter((entry) => entry.name === name)
      .map(({ pid }) => pid);
  }

  private ledger(): { kind: string; name: string; pid: number; identity: string }[] {
    const file = join(this.context.directory, 'ledger.ndjson');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  [Symbol.dispose](): void {
    removeLeftovers(this.context.directory);
  }
}

/** A folder with migrations, and a place for prepared clusters. */
export class TestProject implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'brine-project-'));
  readonly cache = join(this.directory, '.cache');

  write(name: string, content: string): string {
    const path = join(this.directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  /** A declaration of one database that the SQL text makes. */
  database(name: string, sql: string, seed = ''): DatabaseDeclaration {
    this.write(`${name}/1_schema.sql`, sql);
    this.write(`${name}/seed.sql`, seed);
    return { name, sql: [`${name}/*_*.sql`], inputs: [`${name}/*_*.sql`], seed: [`${name}/seed.sql`] };
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A connection, used and ended. */
export async function query<Row extends object = Record<string, unknown>>(
  url: string,
  ...statements: string[]
): Promise<Row[]> {
  const client = new Client(url);
  await client.connect();
  try {
    let rows: Row[] = [];
    for (const statement of statements) rows = (await client.query<Row>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** One server for all tests of a file, started by the first that wants it. */
export function sharedServer(): () => Promise<{
  facts: PostgresServerFacts;
  run: TestRun;
  project: TestProject;
}> {
  const project = new TestProject();
  const run = new TestRun(project);
  let started: ReturnType<typeof start> | undefined;
  const start = () => postgresProviders(settings).embedded.start(run.context);
  after(async () => {
    await (await started)?.[Symbol.asyncDispose]();
    run[Symbol.dispose]();
    project[Symbol.dispose]();
  });
  return async () => {
    started ??= start();
    return { facts: (await started).facts, run, project };
  };
}

let databases = 0;

type TestServer = { facts: PostgresServerFacts; run: TestRun; project: TestProject };

/** A lane's database with the schema, as Brine makes it. */
export async function laneDatabase(server: TestServer, sql: string, seed = '') {
  const lane = await databaseLane(server, sql, seed);
  return lane.facts[0]!;
}

/** The same, with what makes it anew. */
export async function databaseLane(server: TestServer, sql: string, seed = '') {
  const declaration = server.project.database(`db${databases++}`, sql, seed);
  const templates = await prepareTemplates(server.facts, [declaration], settings, server.run.context);
  const facts = { ...server.facts, templates };
  return openDatabaseLane(facts, [declaration], { runId: server.run.context.runId, index: 0 }, settings);
}

/** A new role of the server that may do nothing but what the options say; the URL logs in as it. */
export async function roleUrl(
  url: string,
  name: string,
  options: string,
  database = 'postgres',
): Promise<string> {
  await query(url, `DROP ROLE IF EXISTS ${name}`, `CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${options}`);
  const other = new URL(urlOfDatabase(url, database));
  other.username = name;
  other.password = 'secret';
  return other.href;
}
