import { type Client, escapeIdentifier } from 'pg';
import { BrineError, messageOf } from '../../errors';
import { formatDuration } from '../../time';
import type { RunContext } from '../provider';
import { majorVersion, sqlState, urlOfDatabase, withConnection, withoutPassword } from './connection';
import { databaseName, templateNames } from './content-hash';
import type { TemplateFacts } from './facts';
import { migrateAndSeed } from './migrate';
import { markedDatabases, runMark, writeMark } from './owner-mark';
import type { DatabaseDeclaration, PostgresServerFacts, PostgresSettings } from './settings';
import { trackingSql } from './tracking';

/** A template that was used within this time may belong to a run that is still making its lanes. */
const idleBeforeRemovalMs = 60 * 60_000;
/** Another run may be migrating the same database. */
const lockLimit = '10min';

/**
 * Makes the templates that the server does not have yet: migrated, seeded, ready to be cloned. A template has its
 * name only when it is complete, and runs at the same time make it once.
 * @throws BrineError BRINE_DB_001 when a migration fails, BRINE_ENV_008 when the role may not create databases
 */
export async function prepareTemplates(
  server: PostgresServerFacts,
  declarations: readonly DatabaseDeclaration[],
  settings: PostgresSettings,
  context: RunContext,
): Promise<TemplateFacts[]> {
  const major = majorVersion(server.version);
  const named = await templateNames(declarations, major, settings, context.projectDirectory);
  if (named.length === 0) return [];
  const { wanted, existing } = await withConnection(server.url, 'templates', async (admin) => {
    const ours = await ownTemplates(admin, named);
    return { wanted: ours, existing: await existingTemplates(admin, settings) };
  });
  await Promise.all(
    wanted.map(async ({ declaration, template }) => {
      if (existing.has(template)) return;
      await new TemplateBuild(server, declaration, template, settings, context).run();
    }),
  );
  if (server.provider !== 'embedded') await refresh(server.url, wanted, settings);
  return wanted.map(({ declaration, template }) => ({ database: declaration.name, template }));
}

interface Wanted {
  readonly declaration: DatabaseDeclaration;
  readonly template: string;
}

/** A template that another role has made can neither be cloned nor used: ours gets a name with ours. */
async function ownTemplates(admin: Client, wanted: readonly Wanted[]): Promise<Wanted[]> {
  const { rows } = await admin.query<{ name: string; role: string }>(
    `SELECT datname AS name, current_user AS role FROM pg_database
     WHERE datname = ANY($1) AND NOT pg_has_role(datdba, 'USAGE')`,
    [wanted.map(({ template }) => template)],
  );
  const foreign = new Map(rows.map(({ name, role }) => [name, role]));
  return wanted.map(({ declaration, template }) => {
    const role = foreign.get(template);
    return { declaration, template: role === undefined ? template : databaseName(template, '', role) };
  });
}

async function existingTemplates(admin: Client, { testPrefix }: PostgresSettings): Promise<Set<string>> {
  const databases = await markedDatabases(admin, `${testPrefix}tpl_`);
  return new Set(databases.map(({ name }) => name));
}

/** Notes the use of the wanted templates, and removes those of earlier migrations that nobody uses any more. */
async function refresh(
  url: string,
  wanted: readonly Wanted[],
  { testPrefix }: PostgresSettings,
): Promise<void> {
  await withConnection(url, 'templates', async (admin) => {
    for (const { declaration, template } of wanted) {
      await writeMark(admin, template, templateMark(declaration.name));
    }
    const names = new Set(wanted.map(({ template }) => template));
    const ours = new Set(wanted.map(({ declaration }) => declaration.name));
    for (const { name, mark, connections } of await markedDatabases(admin, `${testPrefix}tpl_`)) {
      if (names.has(name) || mark?.brine !== 'template' || !ours.has(mark.database)) continue;
      const idleMs = Date.now() - Date.parse(mark.usedAt);
      if (connections === 0 && idleMs > idleBeforeRemovalMs) await dropQuietly(admin, name);
    }
  });
}

/** Without FORCE: what is in use after all stays. */
async function dropQuietly(admin: Client, database: string): Promise<void> {
  await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)}`).catch(() => {});
}

function templateMark(database: string): { brine: 'template'; database: string; usedAt: string } {
  return { brine: 'template', database, usedAt: new Date().toISOString() };
}

class TemplateBuild {
  private readonly scratch: string;

  constructor(
    private readonly server: PostgresServerFacts,
    private readonly declaration: DatabaseDeclaration,
    private readonly template: string,
    private readonly settings: PostgresSettings,
    private readonly context: RunContext,
  ) {
    this.scratch = databaseName(settings.testPrefix, context.runId, 'scratch', declaration.name);
  }

  async run(): Promise<void> {
    await withConnection(this.server.url, 'templates', async (admin) => {
      await this.lock(admin);
      if (await exists(admin, this.template)) return; // another run has made it meanwhile
      try {
        await this.make(admin);
      } catch (error) {
        await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(this.scratch)} WITH (FORCE)`);
        throw error;
      }
    });
  }

  /** Until the connection ends. */
  private async lock(admin: Client): Promise<void> {
    await admin.query(`SET lock_timeout = '${lockLimit}'`);
    await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [this.template]);
  }

  private async make(admin: Client): Promise<void> {
    const begin = performance.now();
    await this.createScratch(admin);
    const url = urlOfDatabase(this.server.url, this.scratch);
    await migrateAndSeed(this.declaration, url, this.settings, this.context);
    const major = majorVersion(this.server.version);
    await withConnection(url, 'track', (client) => client.query(trackingSql('template', major)));
    await this.complete(admin);
    const took = formatDuration(performance.now() - begin);
    this.context.report(`database ${this.declaration.name}: migrated in ${took}, template ${this.template}`);
  }

  private async createScratch(admin: Client): Promise<void> {
    try {
      await admin.query(`CREATE DATABASE ${escapeIdentifier(this.scratch)}`);
      await writeMark(admin, this.scratch, runMark(this.context.runId));
    } catch (error) {
      throw await mayNotCreate(admin, this.server, error);
    }
  }

  /** The name comes last: a template is complete or does not exist. */
  private async complete(admin: Client): Promise<void> {
    const scratch = escapeIdentifier(this.scratch);
    await admin.query(`ALTER DATABASE ${scratch} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = $1', [
      this.scratch,
    ]);
    await writeMark(admin, this.scratch, templateMark(this.declaration.name));
    await admin.query(`ALTER DATABASE ${scratch} RENAME TO ${escapeIdentifier(this.template)}`);
  }
}

async function exists(admin: Client, database: string): Promise<boolean> {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  return rowCount === 1;
}

const insufficientPrivilege = '42501';

/** The error itself, or one that explains the missing right. */
export async function mayNotCreate(
  admin: Client,
  server: PostgresServerFacts,
  error: unknown,
): Promise<unknown> {
  if (sqlState(error) !== insufficientPrivilege) return error;
  const { rows } = await admin.query<{ role: string }>('SELECT current_user AS role');
  const role = rows[0]?.role ?? '';
  const parameters = {
    service: 'PostgreSQL',
    address: withoutPassword(server.url),
    reason: `the role "${role}" may not create databases, and Brine makes its own: ${messageOf(error)}`,
    advice: `let an administrator run \`ALTER ROLE ${escapeIdentifier(role)} CREATEDB\`, or name existing databases in databases.<name>.url`,
  };
  return new BrineError('BRINE_ENV_008', parameters, { cause: error });
}
