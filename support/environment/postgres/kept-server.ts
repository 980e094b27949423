import { messageOf } from '../../errors';
import { eventually, WaitError } from '../../time';
import type { RunContext } from '../provider';
import { type ServerEnd, ServerEnds } from '../server-ends';
import { endOfFile } from './log-end';
import type { ServerProcess } from './server-process';

const owner = 'PostgreSQL (embedded)';
/** The processes of a killed server need a moment to end, and the next one does not start before. */
const restartLimitMs = 10_000;

/**
 * A server that is started once more when it ends in the middle of the run, at the same address: what was committed is
 * on disk, and the server recovers it, so that the lanes' databases are what they were. The second end is final.
 */
export class KeptServer implements AsyncDisposable {
  private readonly ends: ServerEnds;
  private restarting: Promise<void> | undefined;
  private over = false;

  constructor(
    private server: ServerProcess,
    private readonly context: RunContext,
    private readonly end: (server: ServerProcess) => Promise<void>,
  ) {
    this.ends = new ServerEnds(context.directory);
    this.watch(server);
  }

  private watch(server: ServerProcess): void {
    void server.endedByItself.then((how) => {
      if (!this.over) this.ended(how, server.log);
    });
  }

  private ended(how: string, log: string): void {
    const first = this.restarting === undefined;
    const advice = first
      ? 'see the end of its log; it is started once more for the scenarios that follow'
      : 'see the end of its log; it had been started again before, and is not once more';
    const text = endOfFile(log);
    const end = {
      service: 'postgres',
      owner,
      how,
      advice,
      log: text && `\nthe end of ${log}:${text}`,
    } as const;
    if (!this.tell({ ...end, now: 'ended' })) return;
    if (first) this.restarting = this.restart(end);
    else this.tell({ ...end, now: 'gone' });
  }

  private async restart(end: Omit<ServerEnd, 'now'>): Promise<void> {
    try {
      const again = await eventually(() => this.server.again(this.context), {
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
    await this.end(this.server);
  }
}
