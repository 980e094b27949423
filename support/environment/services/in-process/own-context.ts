import { AsyncLocalStorage } from 'node:async_hooks';

/** Who wants to know what a service's own code writes and throws. */
export interface Owner {
  /** Text that it writes to the standard output or error. */
  wrote(text: string | Uint8Array): void;
  /** An error that nothing has caught. */
  threw(error: unknown): void;
}

type Write = NodeJS.WriteStream['write'];

const owners = new AsyncLocalStorage<Owner>();

/** Runs a service's code: of what comes of it, calls and timers included, its owner is told. */
export function runOwned<T>(owner: Owner, work: () => T): T {
  return owners.run(owner, work);
}

/**
 * Lets the owners of running code have what it writes to this thread's output, and tells them what it throws. What is written
 * by anything else goes where it went; what becomes of an error that nothing catches is left to Node and the runner.
 */
export class OwnOutput implements Disposable {
  private readonly restore: ReadonlyArray<() => void>;
  private readonly onError = (error: unknown) => owners.getStore()?.threw(error);

  constructor() {
    this.restore = [process.stdout, process.stderr].map(divert);
    process.on('uncaughtExceptionMonitor', this.onError);
  }

  [Symbol.dispose](): void {
    process.off('uncaughtExceptionMonitor', this.onError);
    for (const restore of this.restore) restore();
  }
}

function divert(stream: NodeJS.WriteStream): () => void {
  const before = stream.write;
  const diverted = ((chunk: string | Uint8Array, ...more: unknown[]) => {
    const owner = owners.getStore();
    if (owner === undefined) return Reflect.apply(before, stream, [chunk, ...more]);
    owner.wrote(chunk);
    const done = more.find((argument) => typeof argument === 'function') as (() => void) | undefined;
    if (done !== undefined) process.nextTick(done);
    return true;
  }) as Write;
  stream.write = diverted;
  return () => {
    if (stream.write === diverted) stream.write = before;
  };
}
