import { escapeIdentifier } from 'pg';
import { BrineError, messageOf } from '../../errors';
import type { Availability, Provider, RunContext, Started } from '../provider';
import { serverVersion, withConnection, withoutPassword } from './connection';
import { isLeftover, markedDatabases } from './owner-mark';
import type { PostgresServerFacts, PostgresSettings } from './settings';

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
      const version = await withConnection(url, 'check', serverVersion, checkLimitMs);
      return { available: true, reason: `${version} at ${withoutPassword(url)}` };
    } catch (error) {
      return { available: false, reason: `${withoutPassword(url)}: ${messageOf(error)}` };
    }
  }

  /** Also removes what killed runs of this host left on the server. */
  async start(context: RunContext): Promise<Started<PostgresServerFacts>> {
    const url = this.settings.url ?? '';
    const version = await this.connected(url);
    await this.sweep(url, context);
    return {
      facts: { provider: this.name, version, url },
      [Symbol.asyncDispose]: () => this.dropAllOf(context.runId, url),
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

  private async sweep(url: string, context: RunContext): Promise<void> {
    await withConnection(url, 'sweep', async (admin) => {
      for (const { name, mark, connections } of await markedDatabases(admin, this.settings.testPrefix)) {
        if (!isLeftover(mark) || connections > 0) continue;
        const dropped = await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)}`).then(
          () => true,
          () => false, // another run sweeps, too
        );
        if (dropped) context.report(`database ${name}, left by a run that was killed, is removed`);
      }
    });
  }

  /** Whatever lanes that died did not drop themselves. */
  private async dropAllOf(runId: string, url: string): Promise<void> {
    await withConnection(url, 'end', async (admin) => {
      for (const { name, mark } of await markedDatabases(admin, `${this.settings.testPrefix}${runId}_`)) {
        if (mark?.brine !== 'run' || mark.run !== runId) continue;
        await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
      }
    });
  }
}
