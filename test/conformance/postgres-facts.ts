import { randomBytes } from 'node:crypto';
import {
  openDatabaseLane,
  type PostgresServerFacts,
  prepareTemplates,
} from '../../support/environment/postgres';
import { query, settings, TestProject, TestRun } from '../environment/postgres';
import { type Facts, works, yesOrNo } from './facts';

/** Extensions that services often want. */
const wanted = ['citext', 'hstore', 'ltree', 'pg_trgm', 'pgcrypto', 'postgis', 'uuid-ossp', 'vector'];

const serverSettings = `
  SELECT current_setting('default_transaction_isolation') AS "isolation level",
    current_setting('server_encoding') AS encoding,
    (SELECT datcollate || ' (' || CASE datlocprovider WHEN 'b' THEN 'builtin' WHEN 'i' THEN 'icu' ELSE 'libc' END || ')'
     FROM pg_database WHERE datname = current_database()) AS collation,
    current_setting('max_connections') AS "connections at most",
    current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS "synchronous_commit",
    current_setting('full_page_writes') AS "full_page_writes", current_setting('wal_level') AS wal_level,
    current_setting('data_checksums') AS "data checksums", current_setting('jit') AS jit, current_setting('ssl') AS "TLS",
    current_setting('max_prepared_transactions') AS "prepared transactions at most"`;

const role = 'SELECT rolsuper, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = current_user';

/** What a server of PostgreSQL is like, for the lane that uses it. */
export async function postgresFacts(facts: PostgresServerFacts): Promise<Facts> {
  const [told] = await query<Record<string, string>>(facts.url, serverSettings);
  const [rights] = await query<Record<string, boolean>>(facts.url, role);
  const extensions = await query<{ name: string }>(
    facts.url,
    `SELECT name FROM pg_available_extensions WHERE name IN (${wanted.map((name) => `'${name}'`).join(', ')}) ORDER BY 1`,
  );
  const collations = await query(facts.url, "SELECT 1 FROM pg_collation WHERE collprovider = 'i' LIMIT 1");
  return {
    version: facts.version,
    'may be superuser': yesOrNo(rights?.rolsuper === true),
    'may create databases': yesOrNo(rights?.rolcreatedb === true),
    ...told,
    'ICU collations': yesOrNo(collations.length > 0),
    'extensions, of those often wanted': extensions.map(({ name }) => name).join(', ') || 'none',
    ...(await laneFacts(facts)),
  };
}

/** A lane is opened as in a run. */
async function laneFacts(facts: PostgresServerFacts): Promise<Facts> {
  using project = new TestProject();
  using run = new TestRun(project);
  const declaration = project.database(
    `conformance${randomBytes(4).toString('hex')}`,
    'CREATE TABLE t (id int)',
  );
  const templates = await prepareTemplates(facts, [declaration], settings, run.context);
  const name = { runId: run.context.runId, index: 0 };
  const lane = await openDatabaseLane({ ...facts, templates }, [declaration], name, settings);
  try {
    const [database] = lane.facts;
    const url = database?.url ?? '';
    return {
      'reset between scenarios': yesOrNo(database?.mayReset === true),
      'CREATE EXTENSION in a lane': await works(() =>
        query(url, 'CREATE EXTENSION plpgsql_check_not_there'),
      ).then((answer) => (answer.includes('not available') ? 'allowed' : answer)),
      'NOTIFY and LISTEN': await works(() => query(url, 'LISTEN x', "NOTIFY x, 'y'")),
      'logical decoding': await works(() =>
        query(url, "SELECT pg_create_logical_replication_slot('conformance', 'pgoutput', true)"),
      ),
    };
  } finally {
    await lane[Symbol.asyncDispose]();
    await query(
      facts.url,
      ...templates.map(({ template }) => `ALTER DATABASE "${template}" IS_TEMPLATE false`),
    );
    await query(facts.url, ...templates.map(({ template }) => `DROP DATABASE IF EXISTS "${template}"`));
  }
}
