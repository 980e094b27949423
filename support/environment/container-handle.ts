import { BrineError, messageOf } from '../errors';
import { eventually, formatDuration, WaitError } from '../time';
import type { ContainerAction, DockerEngine } from './docker';

const answerLimitMs = 60_000;

/** A container that a scenario may disturb, and bring back. Its clients' address stays the same throughout. */
export class ContainerHandle {
  /**
   * @param owner as users read it: `PostgreSQL`
   * @param answers one attempt to be served by it. @throws what is wrong, when it is not ready
   */
  constructor(
    private readonly engine: DockerEngine,
    readonly id: string,
    readonly owner: string,
    private readonly answers: () => Promise<unknown>,
  ) {}

  /** Asks it to end, and ends it when it does not within ten seconds. */
  stop(): Promise<void> {
    return this.act('stop');
  }

  /** Starts it again, and waits until it answers. */
  async start(): Promise<void> {
    await this.act('start');
    await this.answersAgain('start');
  }

  /** Stops and starts it, and waits until it answers. What it kept in memory is gone. */
  async restart(): Promise<void> {
    await this.act('restart');
    await this.answersAgain('restart');
  }

  /** Freezes it: connections are made, and nobody answers. */
  pause(): Promise<void> {
    return this.act('pause');
  }

  /** Lets it go on, and waits until it answers. */
  async unpause(): Promise<void> {
    await this.act('unpause');
    await this.answersAgain('unpause');
  }

  private async act(action: ContainerAction): Promise<void> {
    try {
      await this.engine.act(this.id, action);
    } catch (error) {
      throw this.failure(action, messageOf(error), error);
    }
  }

  private async answersAgain(action: ContainerAction): Promise<void> {
    try {
      await eventually(this.answers, { withinMs: answerLimitMs });
    } catch (error) {
      const reason = error instanceof WaitError ? messageOf(error.cause) : messageOf(error);
      throw this.failure(
        action,
        `it does not answer within ${formatDuration(answerLimitMs)}: ${reason}`,
        error,
      );
    }
  }

  private failure(action: ContainerAction, reason: string, cause: unknown): BrineError {
    const id = this.id.slice(0, 12);
    return new BrineError(
      'BRINE_ENV_010',
      { action, owner: this.owner, id, reason, advice: `see \`docker logs ${id}\`` },
      { cause },
    );
  }
}
