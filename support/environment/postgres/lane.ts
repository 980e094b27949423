import { type Client, escapeIdentifier } from 'pg';
import { BrineError } from '../../errors';
import type { Ledger } from '../leftovers/ledger';
import type { Started } from '../provider';
import { majorVersion, sqlState, urlOfDatabase, withConnection, withoutPassword } from './connection';
import { databaseName } from './content-hash';
import { asItIs } from './existing-databases';
import type { LaneDatabaseFacts, PostgresFacts } from './facts';
import { runMark, writeMark } from './owner-mark';
import type { DatabaseDeclaration, PostgresSettings } from './settings';
import { mayNotCreate } from './templates';

const duplicateDatabase = '42P04';

/** Which lane it is, and where it enters what would outlive the run. */
interface LaneOfRun {
  readonly runId: string;
  readonly index: number;
  readonly ledger?: Ledger;
}

/** The databases of one lane. */
export interface DatabaseLane extends Started<LaneDatabaseFacts[]> {
  /** Drops a clone, whoever is connected to it, and makes it from its template once more: same name, same URL. */
  makeAnew(database: string): Promise<void>;
}

/**
 * The databases of one lane: clones of the templates, and those that are somebody's own as they are.
 * Disposing drops the clones on a server that outlives the run; elsewhere they end with the server.
 */
export async function openDatabaseLane(
  facts: PostgresFacts,
  declarations: readonly DatabaseDeclaration[],
  lane: LaneOfRun,
  settings: PostgresSettings,
): Promise<DatabaseLane> {
  const clones = new LaneClones(facts, lane, settings);
  try {
    const databases = await Promise.all(
      declarations.map((declaration) =>
        declaration.url === undefined
          ? clones.make(declaration.name)
          : asItIs({ ...declaration, url: declaration.url }, settings),
      ),
    );
    const makeAnew = async (database: string) => {
      await clones.make(database);
    };
    return { facts: databases, makeAnew, [Symbol.asyncDispose]: () => clones.drop() };
  } catch (error) {
    await clones.drop().catch(() => {});
    throw error;
  }
}

class LaneClones {
  private readonly made = new Set<string>();

  constructor(
    private readonly facts: PostgresFacts,
    private readonly lane: LaneOfRun,
    private readonly settings: PostgresSettings,
  ) {}

  async make(database: string): Promise<LaneDatabaseFacts> {
    const template = this.facts.templates.find((candidate) => candidate.database === database)?.template;
    if (template === undefined) throw new Error(`no template was prepared for database "${database}"`);
    const { runId, index } = this.lane;
    const clone = databaseName(this.settings.testPrefix, runId, index, database);
    if (this.outlived) this.lane.ledger?.databases(this.facts.url, `${this.settings.testPrefix}${runId}_`);
    await withConnection(this.facts.url, `lane ${index}`, (admin) => this.clone(admin, template, clone));
    return { database, url: urlOfDatabase(this.facts.url, clone), isClone: true, mayReset: true, whyNot: '' };
  }

  private async clone(admin: Client, template: string, clone: string): Promise<void> {
    this.made.add(clone);
    try {
      await this.create(admin, template, clone);
      if (this.outlived) await writeMark(admin, clone, runMark(this.lane.runId));
    } catch (error) {
      throw await mayNotCreate(admin, this.facts, error);
    }
  }

  private async create(admin: Client, template: string, clone: string): Promise<void> {
    const create = `CREATE DATABASE ${escapeIdentifier(clone)} TEMPLATE ${escapeIdentifier(template)}${this.strategy}`;
    try {
      await admin.query(create);
    } catch (error) {
      if (sqlState(error) !== duplicateDatabase) throw error;
      // the same lane of the same run, opened again; or the clone is to be made anew
      await admin.query(`DROP DATABASE ${escapeIdentifier(clone)} WITH (FORCE)`);
      await admin.query(create);
    }
  }

  async drop(): Promise<void> {
    if (!this.outlived || this.made.size === 0) return;
    const names = [...this.made];
    this.made.clear();
    await withConnection(this.facts.url, 'lane end', async (admin) => {
      for (const name of names) {
        await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
      }
    });
  }

  /**
   * Copying files takes half as long as logging pages, but begins with a checkpoint: that is for servers
   * of our own, not for one that others use.
   */
  private get strategy(): string {
    const ours = this.facts.provider !== 'external';
    return ours && majorVersion(this.facts.version) >= 15 ? ' STRATEGY file_copy' : '';
  }

  private get outlived(): boolean {
    return this.facts.outlivesRun === true;
  }
}

/** For messages elsewhere: why a lane's database cannot be reset. */
export function refusal({ database, url, whyNot }: LaneDatabaseFacts): BrineError {
  return new BrineError('BRINE_ENV_006', {
    service: `database "${database}"`,
    url: withoutPassword(url),
    reason: whyNot,
    advice: `set databases.${database}.mayReset to true if everything in it may be lost`,
  });
}
