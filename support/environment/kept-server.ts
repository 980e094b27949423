import { messageOf } from '../errors';
import { eventually, WaitError } from '../time';
import { type ServerEnd, ServerEnds } from './server-ends';

/** The processes of a killed server need a moment to end, and the next one does not start before. */
const restartLimitMs = 10_000;

/** A process that serves, as far as its end matters. */
export interface EndingServer {
  /** Resolves with how the process ended (`ended with SIGKILL`) when nobody had stopped it. Never rejects. */
  readonly endedByItself: Promise<string>;
  /** The end of its log as errors show it, or ''. */
  endOfLog(): string;
}

/** Whose server it is, and what becomes of it. */
export interface KeptPlan<Server> extends Pick<ServerEnd, 'service' | 'owner' | 'lane'> {
  readonly runDirectory: string;
  /** Starts one that has ended once more, at the same address. */
  readonly again: (ended: Server) => Promise<Server>;
  readonly end: (server: Server) => Promise<void>;
}

/**
 * A server that is started once more when it ends in the middle of the run, at the same address, where isolation is kept:
 * what PostgreSQL had committed is on disk, and it recovers it; a cache is emptied between scenarios anyway. The second
 * end is final.
 */
export class KeptServer<Server extends EndingServer> implements AsyncDisposable {
  private readonly ends: ServerEnds;
  private restarting: Promise<void> | undefined;
  private over = false;

  constructor(
    private server: Server,
    private readonly plan: KeptPlan<Server>,
  ) {
    this.ends = new ServerEnds(plan.runDirectory);
    this.watch(server);
  }

  private watch(server: Server): void {
    void server.endedByItself.then((how) => {
      if (!this.over) this.ended(how, server.endOfLog());
    });
  }

  private ended(how: string, log: string): void {
    const first = this.restarting === undefined;
    const advice = first
      ? 'see the end of its log; it is started once more for the scenarios that follow'
      : 'see the end of its log; it had been started again before, and is not once more';
    const { service, owner, lane } = this.plan;
    const end = { service, owner, how, advice, log, ...(lane === undefined ? {} : { lane }) };
    if (!this.tell({ ...end, now: 'ended' })) return;
    if (first) this.restarting = this.restart(end);
    else this.tell({ ...end, now: 'gone' });
  }

  private async restart(end: Omit<ServerEnd, 'now'>): Promise<void> {
    try {
      const again = await eventually(() => this.plan.again(this.server), {
        withinMs: restartLimitMs,
        giveUp: (failure) => (this.over ? new Error(messageOf(failure)) : undefined),
      });
      this.server = again.value;
      this.watch(this.server);
      this.tell({ ...end, now: 'back' });
    } catch (error) {
      const cause = error instanceof WaitError ? error.cause : error;
      this.tell({ ...end, now: 'gone', advice: `it could not be started again: ${messageOf(cause)}` });
    }
  }

  /** False for a run that is being ended: it has no folder any more. */
  private tell(end: ServerEnd): boolean {
    try {
      this.ends.add(end);
      return true;
    } catch {
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.over = true;
    await this.restarting;
    await this.plan.end(this.server);
  }
}
