import { mkdirSync, mkdtempSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { Ledger } from '../../support/environment/leftovers/ledger';
import { removeLeftovers } from '../../support/environment/leftovers/remove.js';
import {
  type DatabaseDeclaration,
  type LaneDatabaseFacts,
  openDatabaseLane,
  type PostgresSettings,
  postgresProviders,
  prepareTemplates,
} from '../../support/environment/postgres';
import { urlOfDatabase } from '../../support/environment/postgres/connection';
import type { RunContext, Started } from '../../support/environment/provider';
import { schemaSql, seedSql } from './reference-schema';

const settings: PostgresSettings = { startTimeoutMs: 30_000, testPrefix: 'brine_' };
const tmpfsMagic = 0x01021994;

/** Brine's own embedded server with its data in a folder, and databases of the reference schema. */
export class BenchServer implements AsyncDisposable {
  private constructor(
    private readonly context: RunContext,
    private readonly server: Started<{ readonly url: string; readonly version: string }>,
    /** Databases as Brine makes them, by their number of tables. */
    readonly lanes: ReadonlyMap<number, LaneDatabaseFacts>,
  ) {}

  /** @param place the folder in which the data will lie */
  static async start(place: string, sizes: readonly number[]): Promise<BenchServer> {
    const directory = mkdtempSync(join(place, 'brine-bench-'));
    const context: RunContext = {
      runId: `bench${process.pid}`,
      directory,
      cacheDirectory: join(directory, 'cache'),
      ledger: new Ledger(directory),
      projectDirectory: directory,
      report: () => {},
    };
    const declarations = sizes.map((size) => declaration(directory, size));
    const server = await postgresProviders(settings, declarations).embedded.start(context);
    const templates = await prepareTemplates(server.facts, declarations, settings, context);
    const lane = await openDatabaseLane(
      { ...server.facts, templates },
      declarations,
      { runId: context.runId, index: 0 },
      settings,
    );
    const lanes = lane.facts.map((facts) => [Number(facts.database.slice('tables_'.length)), facts] as const);
    return new BenchServer(context, server, new Map(lanes));
  }

  get version(): string {
    return this.server.facts.version;
  }

  get inMemory(): boolean {
    return statfsSync(this.context.directory).type === tmpfsMagic;
  }

  urlOf(database: string): string {
    return urlOfDatabase(this.server.facts.url, database);
  }

  /** A connection to one of its databases. */
  async connect(database: string): Promise<Client> {
    const client = new Client(this.urlOf(database));
    await client.connect();
    return client;
  }

  /** A database of the reference schema, without anything of Brine's. */
  async plain(name: string, tables: number): Promise<void> {
    const admin = await this.connect('postgres');
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    const client = await this.connect(name);
    await client.query(schemaSql(tables));
    await client.query(seedSql(tables));
    await client.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    removeLeftovers(this.context.directory);
  }
}

function declaration(directory: string, size: number): DatabaseDeclaration {
  const name = `tables_${size}`;
  mkdirSync(join(directory, name));
  writeFileSync(join(directory, name, 'schema.sql'), schemaSql(size));
  writeFileSync(join(directory, name, 'seed.sql'), seedSql(size));
  return { name, sql: [`${name}/schema.sql`], inputs: [`${name}/schema.sql`], seed: [`${name}/seed.sql`] };
}
