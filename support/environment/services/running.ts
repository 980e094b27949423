import type { TemplateValues } from '../template';
import type { SettableClock } from './in-process/settable-clock';
import type { ServiceLog } from './log';

/** What runs a service of a lane's own: a process, a container, or this process. */
export interface Running {
  readonly log: ServiceLog;
  /** What it was made from, for the message of its death: `its command was: node main.js`. */
  readonly origin: string;
  /** The number of its process, for people; absent when that says nothing on this machine. */
  readonly pid?: number | undefined;
  /** How it ended (`ended with code 1`), or undefined while it runs. */
  readonly ended: string | undefined;
  /** Resolves with how it ended. Never rejects. */
  readonly exited: Promise<string>;
  /** That it had to be killed (`did not end within 3 s of SIGTERM, and was killed`), once it was stopped. */
  readonly refusedToEnd?: string | undefined;
  /** What it has not done yet, where that is known: `start() of api.ts has given nothing back yet`. */
  readonly unready?: string | undefined;
  /** Asks it to end, and ends it when it does not within a few seconds. */
  stop(): Promise<void>;
}

/** How a service comes to run, at an address that is known before. */
export interface Launcher {
  /** Where scenarios and other services find it: base URL without a trailing slash. */
  readonly url: string;
  /** Where it listens on this machine itself; absent where an engine leads there. */
  readonly localPort?: number;
  /** The time of the service, where steps can set it. */
  readonly clock?: SettableClock;
  /** @param values what the templates of its configuration may name, but for `self` */
  launch(values: TemplateValues): Promise<Running>;
}
