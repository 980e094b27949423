import { createHash } from 'node:crypto';
import { chmodSync, rmSync, statSync } from 'node:fs';
import { chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrineError, messageOf } from '../../errors';
import { KeptServer } from '../kept-server';
import { assertPortIsFree, freePort, portInUse } from '../ports';
import type { Availability, Provider, RunContext, Started } from '../provider';
import { otherTemporaryFolder } from '../run-directory';
import { type Cluster, initialiseCluster, readCluster } from './cluster';
import { majorVersion } from './connection';
import { layoutVersion, templateNames } from './content-hash';
import { isReachable, type OsUser, serverUser } from './os-user';
import { locatePrograms, programVersion, reachablePrograms, type ServerPrograms } from './programs';
import { PortTaken, ServerProcess } from './server-process';
import type { DatabaseDeclaration, PostgresServerFacts, PostgresSettings } from './settings';
import { SnapshotStore } from './snapshot';
import { prepareTemplates } from './templates';

const owner = 'PostgreSQL (embedded)';
const portSetting = 'postgres.port';

/**
 * A server of the run's own, from the programs that npm installed.
 *
 * The first start makes a cluster and the declared databases' templates in it, and keeps a copy; later starts
 * copy it back and migrate nothing. That is why the provider knows the declarations.
 */
export class EmbeddedPostgres implements Provider<PostgresServerFacts> {
  readonly service = 'postgres';
  readonly name = 'embedded';

  constructor(
    private readonly settings: PostgresSettings,
    private readonly declarations: readonly DatabaseDeclaration[],
  ) {}

  async check(): Promise<Availability> {
    try {
      serverUser(this.settings.user);
      const programs = locatePrograms(this.settings.programs);
      return {
        available: true,
        reason: `PostgreSQL ${await programVersion(programs)}, ${programs.postgres}`,
      };
    } catch (error) {
      return { available: false, reason: messageOf(error) };
    }
  }

  async start(context: RunContext): Promise<Started<PostgresServerFacts>> {
    const start = await EmbeddedStart.plan(this.settings, this.declarations, context);
    const server = await start.run();
    let facts: PostgresServerFacts;
    try {
      facts = { provider: this.name, version: await server.version(), url: server.url };
    } catch (error) {
      await server.stop('immediate');
      throw error;
    }
    const kept = new KeptServer(server, {
      service: this.service,
      owner,
      runDirectory: context.directory,
      again: (ended) => ended.again(context),
      end: (last) => start.end(last),
    });
    return { facts, [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose]() };
  }
}

/** One start: where its files are, as whom it runs, and the ways to get a cluster. */
class EmbeddedStart {
  private readonly home: string;
  private readonly log: string;

  private constructor(
    private readonly settings: PostgresSettings,
    private readonly declarations: readonly DatabaseDeclaration[],
    private readonly context: RunContext,
    private readonly programs: ServerPrograms,
    private readonly version: string,
    private readonly user: OsUser | undefined,
    folder: string,
  ) {
    this.home = join(folder, 'postgres');
    this.log = join(context.directory, 'postgres.log');
  }

  static async plan(
    settings: PostgresSettings,
    declarations: readonly DatabaseDeclaration[],
    context: RunContext,
  ): Promise<EmbeddedStart> {
    const user = serverUser(settings.user);
    const found = locatePrograms(settings.programs);
    const version = await programVersion(found);
    const folder = await folderFor(user, context);
    const programs = user === undefined ? found : await reachablePrograms(found, user, folder);
    return new EmbeddedStart(settings, declarations, context, programs, version, user, folder);
  }

  async run(): Promise<ServerProcess> {
    if (this.settings.port !== undefined) await assertPortIsFree(this.settings.port, owner, portSetting);
    const store = new SnapshotStore(this.context);
    const key = await this.key();
    try {
      return (await this.fromSnapshot(store, key)) ?? (await this.fromNothing(store, key));
    } catch (error) {
      this.removeHome(); // the start may be tried again
      throw error;
    }
  }

  async end(server: ServerProcess): Promise<void> {
    await server.stop('immediate');
    this.removeHome();
  }

  /** At once: the thousand files take the asynchronous way five times as long. */
  private removeHome(): void {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }

  private async fromSnapshot(store: SnapshotStore, key: string): Promise<ServerProcess | undefined> {
    if (!(await store.restore(key, this.home))) return undefined;
    try {
      return await this.serve(await readCluster(this.home));
    } catch (error) {
      if (error instanceof BrineError && error.code === 'BRINE_ENV_003') throw error;
      this.context.report(
        `PostgreSQL: the prepared cluster ${key} is unusable and made anew (${messageOf(error)})`,
      );
      await store.discard(key);
      this.removeHome();
      return undefined;
    }
  }

  /** A bare cluster is kept, too: with a new migration only the templates are made anew. */
  private async fromNothing(store: SnapshotStore, key: string): Promise<ServerProcess> {
    const bare = this.keyOf('bare');
    const major = majorVersion(this.version);
    if (!(await store.restore(bare, this.home))) {
      await this.initialise(major);
      await this.keep(store, bare);
    }
    const cluster = await readCluster(this.home);
    const first = await this.serve(cluster);
    if (!(await this.makeTemplates(first))) return first;
    await first.stop('clean');
    await this.keep(store, key);
    return this.serve(cluster);
  }

  /** Without a place to keep it, every start is a cold one; that is no reason not to start. */
  private async keep(store: SnapshotStore, key: string): Promise<void> {
    try {
      await store.save(key, this.home);
    } catch (error) {
      this.context.report(`PostgreSQL: the prepared cluster cannot be kept (${messageOf(error)})`);
    }
  }

  private async initialise(major: number): Promise<void> {
    try {
      await initialiseCluster(this.programs, major, this.home, this.user);
    } catch (error) {
      const reason = `initdb: ${messageOf(error)}`;
      const parameters = { owner, reason, log: '', advice: initAdvice(reason) };
      throw new BrineError('BRINE_ENV_002', parameters, { cause: error });
    }
  }

  private async makeTemplates(server: ServerProcess): Promise<boolean> {
    const facts = { provider: 'embedded', version: `PostgreSQL ${this.version}`, url: server.url } as const;
    try {
      const made = await prepareTemplates(facts, this.declarations, this.settings, this.context);
      return made.length > 0;
    } catch (error) {
      await server.stop('immediate');
      throw error;
    }
  }

  /** A free port may be taken before the server listens: then another one, once. */
  private async serve(cluster: Cluster): Promise<ServerProcess> {
    try {
      return await this.serveOn(cluster, this.settings.port ?? (await freePort()));
    } catch (error) {
      if (!(error instanceof PortTaken)) throw error;
      if (this.settings.port !== undefined) {
        throw portInUse(this.settings.port, owner, portSetting, error);
      }
      return await this.serveOn(cluster, await freePort());
    }
  }

  private serveOn(cluster: Cluster, port: number): Promise<ServerProcess> {
    const { programs, user, log, context } = this;
    const major = majorVersion(this.version);
    const timeoutMs = this.settings.startTimeoutMs;
    return ServerProcess.start({ programs, major, cluster, port, user, log, timeoutMs }, context);
  }

  private async key(): Promise<string> {
    const { settings, declarations, context } = this;
    const major = majorVersion(this.version);
    const templates = await templateNames(declarations, major, settings, context.projectDirectory);
    if (templates.length === 0) return this.keyOf('bare');
    const names = templates.map(({ template }) => template).sort();
    return this.keyOf(shortHash(names.join(' ')));
  }

  /** Files belong to the OS user, and a minor version may read what another one wrote differently. */
  private keyOf(content: string): string {
    return `${this.version}-layout${layoutVersion}-user${this.user?.uid ?? process.getuid?.() ?? 0}-${content}`;
  }
}

/** The run's folder, or one in the temporary folder when the server's user cannot get to that. */
async function folderFor(user: OsUser | undefined, context: RunContext): Promise<string> {
  if (user === undefined) return context.directory;
  chmodSync(context.directory, statSync(context.directory).mode | 0o011);
  if (isReachable(join(context.directory, 'postgres'), user)) return context.directory;
  const folder = await mkdtemp(join(tmpdir(), `brine-${context.runId}-postgres-`));
  context.ledger.directory(folder);
  await chown(folder, user.uid, user.gid);
  return folder;
}

function initAdvice(reason: string): string {
  if (/No space left|ENOSPC/.test(reason))
    return `make room, or take another folder: \`${otherTemporaryFolder()}\``;
  return 'see what initdb says; `npm rebuild` makes links that an install without scripts left out';
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
