import { type Client, escapeIdentifier } from 'pg';
import { BrineError, messageOf } from '../../errors';
import type { Availability, Provider, RunContext, Started } from '../provider';
import { serverVersion, whyTooOld, withConnection, withoutPassword } from './connection';
import type { PostgresServerFacts, PostgresSettings } from './settings';
import { sharePostgres } from './shared-server';

const checkLimitMs = 3_000;

/** A server that runs already. Brine makes and drops databases of its own there, and touches no other. */
export class ExternalPostgres implements Provider<PostgresServerFacts> {
  readonly service = 'postgres';
  readonly name = 'external';

  constructor(private readonly settings: PostgresSettings) {}

  async check(): Promise<Availability> {
    const { url } = this.settings;
    if (url === undefined) return { available: false, reason: 'no URL is configured' };
    try {
      return await withConnection(url, 'check', (client) => lookAt(client, url), checkLimitMs);
    } catch (error) {
      return { available: false, reason: `${withoutPassword(url)}: ${messageOf(error)}` };
    }
  }

  /** Also removes what killed runs left on the server. */
  async start(context: RunContext): Promise<Started<PostgresServerFacts>> {
    const url = this.settings.url ?? '';
    const version = await this.connected(url);
    const share = await sharePostgres(url, this.settings.testPrefix, context);
    return {
      facts: { provider: this.name, version, url, outlivesRun: true },
      [Symbol.asyncDispose]: () => share[Symbol.asyncDispose](),
    };
  }

  private async connected(url: string): Promise<string> {
    try {
      return await withConnection(url, 'start', serverVersion, this.settings.startTimeoutMs);
    } catch (error) {
      const reason = url === '' ? 'no URL is configured' : `${withoutPassword(url)}: ${messageOf(error)}`;
      const advice = 'check the URL (DATABASE_URL), or let Brine start a server of its own';
      const owner = 'PostgreSQL (external)';
      throw new BrineError('BRINE_ENV_002', { owner, reason, log: '', advice }, { cause: error });
    }
  }
}

/** Whether the server has what Brine needs, and lets the role make databases. */
async function lookAt(client: Client, url: string): Promise<Availability> {
  const version = await serverVersion(client);
  const address = withoutPassword(url);
  const tooOld = whyTooOld(version);
  if (tooOld !== undefined) return { available: false, reason: `${address}: ${tooOld}` };
  const { rows } = await client.query<{ role: string; may: boolean }>(
    'SELECT rolname AS role, rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
  );
  const [{ role, may } = { role: '', may: true }] = rows;
  if (may) return { available: true, reason: `${version} at ${address}` };
  return {
    available: false,
    reason: `${address}: the role "${role}" may not create databases, and Brine makes its own (or name existing ones in databases.<name>.url)`,
    command: `sudo -u postgres psql -c 'ALTER ROLE ${escapeIdentifier(role)} CREATEDB'`,
  };
}
