import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { bounded, formatDuration } from '../../time';
import type { Ledger } from '../leftovers/ledger';
import { runMark } from '../leftovers/remove.js';
import type { ServiceLog } from './log';
import type { Running } from './running';

/** How to start a process. */
export interface ProcessDeclaration {
  readonly name: string;
  /** Command line, run by the shell. */
  readonly command: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Its `node_modules/.bin` comes first on the process's PATH, after the folder of the running Node. */
  readonly projectDirectory: string;
}

const graceMs = 3_000;
/** How long the last lines of a process that has ended are waited for. */
const outputGraceMs = 200;

/** A process of its own group, so that a Ctrl-C on the terminal leaves its end to Brine. */
export class ManagedProcess implements Running {
  private exit: string | undefined;
  private refusal: string | undefined;
  private readonly child: ChildProcess;
  /** Resolves with how the process ended: `ended with code 1`. Never rejects. */
  readonly exited: Promise<string>;
  /** Resolves when nothing is left that writes to its output. */
  private readonly closed: Promise<void>;

  constructor(
    readonly declaration: ProcessDeclaration,
    readonly log: ServiceLog,
    ledger: Ledger,
  ) {
    this.child = spawn(declaration.command, {
      shell: true,
      detached: true,
      cwd: declaration.cwd,
      env: environmentOf(declaration),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.enter(ledger);
    if (this.child.stdout) log.follow(this.child.stdout);
    if (this.child.stderr) log.follow(this.child.stderr);
    this.exited = this.watchExit();
    this.closed = new Promise((done) => {
      this.child.once('error', () => done());
      this.child.once('close', () => done());
    });
  }

  /** A run that is being ended has no ledger any more: then nothing may stay that is not in it. */
  private enter(ledger: Ledger): void {
    if (this.child.pid === undefined) return;
    try {
      ledger.process(this.child.pid, this.declaration.name);
    } catch (error) {
      this.signal('SIGKILL');
      throw error;
    }
  }

  get origin(): string {
    return `its command was: ${this.declaration.command}`;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** How the process ended, or undefined while it runs. */
  get ended(): string | undefined {
    return this.exit;
  }

  /** That it did not let itself be ended, where that was tried in vain. */
  get refusedToEnd(): string | undefined {
    return this.refusal;
  }

  private watchExit(): Promise<string> {
    return new Promise((resolve) => {
      const end = (text: string) => {
        this.exit ??= text;
        resolve(this.exit);
      };
      const describe = (code: number | null, signal: NodeJS.Signals | null) =>
        signal ? `was ended by ${signal}` : `ended with code ${code}`;
      this.child.once('error', (error) => end(`could not be run: ${error.message}`));
      // 'close' comes after the last line of output was read; never, while a grandchild holds the pipe
      this.child.once('close', (code, signal) => end(describe(code, signal)));
      this.child.once('exit', (code, signal) => {
        setTimeout(() => end(describe(code, signal)), outputGraceMs).unref();
      });
    });
  }

  /**
   * Asks the whole group to end, and ends it when it does not within three seconds. Not before: the shell that the command
   * was given to ends at once, and what it had started may have work to finish.
   */
  async stop(): Promise<void> {
    if (this.exit === undefined) {
      this.signal('SIGTERM');
      const late = () => new Error('it holds its output');
      await bounded(this.closed, graceMs, late).catch(() => {
        this.refusal = `did not end within ${formatDuration(graceMs)} of SIGTERM, and was killed`;
      });
    }
    this.signal('SIGKILL'); // what has no output any more, or refuses to end
    await this.exited;
    this.log.close();
  }

  /** Sends a signal to the process and all that it started. */
  signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // the group has ended
    }
  }
}

function environmentOf({ env, projectDirectory }: ProcessDeclaration): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([key]) => !/^(BRINE|CUCUMBER)_/.test(key));
  const path = [
    dirname(process.execPath),
    join(projectDirectory, 'node_modules', '.bin'),
    process.env.PATH ?? '',
  ];
  const mark = process.env[runMark];
  return {
    ...Object.fromEntries(inherited),
    ...(mark === undefined ? {} : { [runMark]: mark }),
    PATH: path.join(delimiter),
    ...env,
  };
}
