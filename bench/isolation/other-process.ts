import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Order } from './writer';

/** A process beside this one that writes to databases. */
export class OtherProcess implements Disposable {
  private readonly child: ChildProcess = fork(join(__dirname, 'writer.ts'), {
    execArgv: ['--require', require.resolve('../../support/typescript/register')],
  });

  /** Resolves when it is committed. */
  async writes(order: Order): Promise<void> {
    const answered = once(this.child, 'message');
    this.child.send(order);
    const [{ error }] = (await answered) as [{ error?: string }];
    if (error !== undefined) throw new Error(`the other process: ${error}`);
  }

  [Symbol.dispose](): void {
    this.child.disconnect();
  }
}
