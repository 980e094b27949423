import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackingServiceName } from './provider';

/** What became of a backing server in the middle of a run. */
export interface ServerEnd {
  readonly service: BackingServiceName;
  /** The lane whose own server it is; absent for one that all lanes share. */
  readonly lane?: number;
  /**
   * `ended`: noticed, and nothing decided yet; `back`: it serves again, with what it held; `gone`: what needs it
   * cannot run any more.
   */
  readonly now: 'ended' | 'back' | 'gone';
  /** As users read it: `PostgreSQL (embedded)`. */
  readonly owner: string;
  /** `ended with SIGKILL`, `does not answer: connect ECONNREFUSED`. */
  readonly how: string;
  /** The end of its log as errors show it, or ''. */
  readonly log: string;
  readonly advice: string;
}

/**
 * The ends of a run's backing servers, in its folder: whoever notices one (the main thread its process, a lane that it
 * is not answered) tells all lanes.
 */
export class ServerEnds {
  private readonly file: string;
  private size = 0;
  private known: readonly ServerEnd[] = [];

  constructor(private readonly runDirectory: string) {
    this.file = join(runDirectory, 'server-ends.ndjson');
  }

  add(end: ServerEnd): void {
    appendFileSync(this.file, `${JSON.stringify(end)}\n`, { mode: 0o600 });
  }

  /** All of them, in their order. Cheap while nothing happens. */
  all(): readonly ServerEnd[] {
    const size = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    if (size === this.size) return this.known;
    const lines = readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
    this.known = lines.map((line) => JSON.parse(line) as ServerEnd);
    this.size = size;
    return this.known;
  }

  /** True for the first that asks, among all lanes. */
  claim(what: string): boolean {
    try {
      writeFileSync(join(this.runDirectory, `claimed-${what}`), '', { flag: 'wx' });
      return true;
    } catch {
      return false;
    }
  }
}
