import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity } from './remove.js';

/**
 * What a run has started and must not outlive it, on disk: the reaper reads it when the runner was killed,
 * the next run's sweep when the reaper was killed, too. Entries are never taken out: a process is known by its
 * number and start time, so ending what has ended is harmless.
 *
 * Writing to the ledger of a run that is being ended throws: what cannot be entered must not be left running.
 */
export class Ledger {
  private readonly file: string;

  constructor(readonly runDirectory: string) {
    this.file = join(runDirectory, 'ledger.ndjson');
  }

  /**
   * A process, together with its group when it leads one.
   * @param signal what ends it in an orderly way; SIGKILL follows after two seconds
   */
  process(pid: number, name: string, signal: NodeJS.Signals = 'SIGTERM'): void {
    this.write({ kind: 'process', pid, identity: processIdentity(pid), name, signal });
  }

  /** A folder outside the run's own. */
  directory(path: string): void {
    this.write({ kind: 'directory', path });
  }

  /**
   * All that an engine has with the label of a run: containers, and the networks between them. Entered before
   * anything is made, because an engine goes on making what was asked for when whoever asked is gone.
   * @param engine where the engine listens: the path of its socket, or its address
   */
  labelled(runId: string, engine: string): void {
    this.write({ kind: 'run', id: runId, engine });
  }

  /** A compose project: its containers, networks and volumes; see {@link labelled}. */
  composeProject(name: string, engine: string): void {
    this.write({ kind: 'project', id: name, engine });
  }

  /**
   * Databases on a server that outlives the run, known by how their names begin; before each of them is made.
   * @param url of the server, as a role that may drop them
   */
  databases(url: string, prefix: string): void {
    this.write({ kind: 'databases', url, prefix });
  }

  /** Topics and consumer groups on a cluster that outlives the run, known by how their names begin. */
  topics(brokers: readonly string[], prefix: string): void {
    this.write({ kind: 'topics', brokers, prefix });
  }

  /**
   * Subjects of a schema registry that outlives the run, known by how their names begin.
   * @param url of the registry; may hold a name and a password
   */
  subjects(url: string, prefix: string): void {
    this.write({ kind: 'subjects', url, prefix });
  }

  /** Readable by the user alone: addresses have passwords in them. */
  private write(entry: object): void {
    appendFileSync(this.file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  }
}
