import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { BrineError, messageOf } from '../../errors';
import { bounded, eventually, formatDuration } from '../../time';
import type { EndingServer } from '../kept-server';
import type { RunContext } from '../provider';
import { otherTemporaryFolder } from '../run-directory';
import { type Cluster, clusterRole } from './cluster';
import { serverVersion, withConnection } from './connection';
import { endOfFile } from './log-end';
import type { OsUser } from './os-user';
import type { ServerPrograms } from './programs';

const owner = 'PostgreSQL (embedded)';
const stopLimitMs = 5_000;

/** What a server is started with. */
export interface ServerPlan {
  readonly programs: ServerPrograms;
  readonly major: number;
  readonly cluster: Cluster;
  readonly port: number;
  readonly user: OsUser | undefined;
  /** The server's output goes to the end of this file. */
  readonly log: string;
  readonly timeoutMs: number;
}

/** The port was taken between the choice and the start. */
export class PortTaken extends Error {}

/** A server that answers, until it is stopped. */
export class ServerProcess implements EndingServer {
  readonly url: string;
  private exited = false;
  private stopping = false;
  private readonly exit: Promise<string>;

  private constructor(
    private readonly plan: ServerPlan,
    private readonly child: ChildProcess,
  ) {
    this.url = `postgres://${clusterRole}:${plan.cluster.password}@127.0.0.1:${plan.port}/postgres`;
    this.exit = new Promise((resolve) => {
      const end = (how: string) => {
        this.exited = true;
        resolve(how);
      };
      child.once('error', (error) => end(`could not be run: ${messageOf(error)}`));
      child.once('exit', (code, signal) => end(`ended with ${signal ?? `exit code ${code}`}`));
    });
  }

  /**
   * Spawns the server in a process group of its own, enters it in the ledger, waits until it lets Brine in.
   * @throws PortTaken; BrineError BRINE_ENV_002 with the end of its log
   */
  static async start(plan: ServerPlan, context: RunContext): Promise<ServerProcess> {
    const server = new ServerProcess(plan, spawnServer(plan));
    server.enter(context);
    try {
      await server.ready();
    } catch (error) {
      await server.stop('immediate');
      throw server.failure(error);
    }
    return server;
  }

  /** A run that is being ended has no ledger any more: then nothing may stay that is not in it. */
  private enter({ ledger }: RunContext): void {
    if (this.child.pid === undefined) return;
    try {
      ledger.process(this.child.pid, 'postgres', 'SIGQUIT');
    } catch (error) {
      this.stopping = true;
      this.killGroup();
      throw error;
    }
  }

  /** Resolves with how the server ended (`ended with SIGKILL`) when nobody had stopped it. */
  get endedByItself(): Promise<string> {
    return new Promise((resolve) => {
      void this.exit.then((how) => {
        if (!this.stopping) resolve(how);
      });
    });
  }

  /** With the file that its output goes to. */
  endOfLog(): string {
    const text = endOfFile(this.plan.log);
    return text === '' ? '' : `\nthe end of ${this.plan.log}:${text}`;
  }

  /** Starts a server that has ended once more, at the same address and on the same data. */
  again(context: RunContext): Promise<ServerProcess> {
    this.killGroup(); // what it had started
    return ServerProcess.start(this.plan, context);
  }

  /** The version that the server states. */
  version(): Promise<string> {
    return withConnection(this.url, 'start', serverVersion);
  }

  /**
   * Ends the server: `immediate` when its data is thrown away, `clean` when it is to be copied.
   * Returns when it has ended; it is killed when that takes too long.
   */
  async stop(how: 'immediate' | 'clean'): Promise<void> {
    this.stopping = true;
    if (this.exited) return;
    this.child.kill(how === 'clean' ? 'SIGINT' : 'SIGQUIT');
    try {
      await bounded(this.exit, stopLimitMs, () => new Error('still running'));
    } catch {
      this.killGroup();
      await this.exit;
    }
  }

  /** The first login that succeeds: also when another program answers on the port it does not. */
  private async ready(): Promise<void> {
    const { timeoutMs } = this.plan;
    const gone = this.exit.then((how) => Promise.reject(new Error(`it ${how}`)));
    const login = eventually(() => this.attemptLogin(), { withinMs: timeoutMs });
    login.catch(() => {}); // it may still be attempting when the server has ended
    await Promise.race([login, gone]);
  }

  private async attemptLogin(): Promise<void> {
    if (this.exited) return; // `gone` says so
    await withConnection(this.url, 'start', (client) => client.query('SELECT 1'), 2_000);
  }

  private failure(error: unknown): Error {
    const log = endOfFile(this.plan.log);
    if (/could not bind .*: Address already in use/i.test(log)) return new PortTaken();
    const cause = error instanceof Error ? error.cause : undefined;
    const reason = cause === undefined ? messageOf(error) : `${messageOf(error)}: ${messageOf(cause)}`;
    const parameters = { owner, reason, log: this.endOfLog() };
    return new BrineError(
      'BRINE_ENV_002',
      { ...parameters, advice: advice(log, this.plan.timeoutMs) },
      { cause: error },
    );
  }

  private killGroup(): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      this.child.kill('SIGKILL');
    }
  }
}

function advice(log: string, timeoutMs: number): string {
  if (log.includes('No space left'))
    return `make room, or take another folder: \`${otherTemporaryFolder()}\``;
  if (log === '') return 'try the server program by hand: it wrote no log';
  return `see the log above; if it was still starting after ${formatDuration(timeoutMs)}, allow it more time`;
}

function spawnServer(plan: ServerPlan): ChildProcess {
  const log = openSync(plan.log, 'a');
  try {
    return spawn(plan.programs.postgres, ['-D', plan.cluster.data, ...settings(plan)], {
      cwd: plan.cluster.home,
      detached: true,
      stdio: ['ignore', log, log],
      ...plan.user,
    });
  } finally {
    closeSync(log);
  }
}

/** On the command line, so that a prepared cluster never carries those of an older Brine. */
function settings({ port, major }: ServerPlan): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    // The data is thrown away with the run: nothing needs to survive a power cut.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    min_wal_size: '2MB',
    max_wal_size: '256MB',
    // In the data directory and so removed with it, even after a kill.
    dynamic_shared_memory_type: 'mmap',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%a %d ',
    ...(major >= 18 ? { io_method: 'sync' } : {}), // no worker processes to start
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
