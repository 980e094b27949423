import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrineError, messageOf } from '../errors';
import { Ledger } from './leftovers/ledger';
import { endProcesses, isAlive, processIdentity, removeLeftovers } from './leftovers/remove.js';

const directoryPrefix = 'brine-run-';
/** What an in-memory folder must have free before a database goes there. */
const wantedBytes = 1024 ** 3;
const sharedMemory = '/dev/shm';

/** The folders of a run that are its user's; absolute. */
export interface RunFolders {
  /** The project that runs, for people and tests. */
  readonly project: string;
  readonly reports: string;
}

/** Whose run it is, as the file in its folder says. */
interface Owner extends RunFolders {
  readonly pid: number;
  readonly identity: string;
}

/** A run's identity and folder on disk, with a reaper that removes all that is in its ledger if the run is killed. */
export class RunDirectory {
  readonly ledger: Ledger;
  private readonly reaper;
  private brokenOff = false;

  private constructor(
    readonly runId: string,
    readonly path: string,
  ) {
    this.ledger = new Ledger(path);
    this.reaper = spawn(process.execPath, [join(__dirname, 'leftovers', 'reaper.js'), path], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: reaperEnvironment(),
    });
    this.reaper.on('error', () => {}); // without a reaper the next run's sweep does its work
    this.reaper.unref();
    const pipe = this.reaper.stdin;
    pipe.on('error', () => {});
    if ('unref' in pipe && typeof pipe.unref === 'function') pipe.unref();
  }

  /**
   * A new run, after what killed runs have left behind was removed. Another run that lives is told when it writes to the
   * same reports.
   */
  static create(folders: RunFolders, report: (line: string) => void): RunDirectory {
    sweep(folders, report);
    const runId = randomBytes(4).toString('hex');
    const path = join(temporaryFolder(), `${directoryPrefix}${runId}`);
    mkdirSync(path, { mode: 0o755 });
    const owner: Owner = { pid: process.pid, identity: processIdentity(process.pid), ...folders };
    writeFileSync(join(path, 'owner.json'), JSON.stringify(owner));
    return new RunDirectory(runId, path);
  }

  /**
   * Ends what still runs, and lets nothing new begin. Synchronous and repeatable. The reaper stays until this process
   * has ended, and looks once more: another thread may just have been starting something.
   */
  breakOff(): void {
    this.brokenOff = true;
    endProcesses(this.path);
  }

  /**
   * Ends what still runs, removes the folder and sends the reaper home. Synchronous and repeatable.
   * @returns what could not be removed
   */
  remove(): string[] {
    const failures = removeLeftovers(this.path, this.brokenOff);
    if (failures.length > 0)
      this.reaper.stdin.end(); // it tries once more
    else if (!this.brokenOff) this.reaper.kill('SIGKILL');
    return failures;
  }
}

/** The reaper removes containers and databases, and must find the same engine and servers. */
function reaperEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(PATH|HOME|DOCKER_.*|PG[A-Z]+|NODE_EXTRA_CA_CERTS)$/.test(name),
    ),
  );
}

/**
 * Where the folders of runs are made: in memory where there is room, else in the temporary folder, else in memory all the same.
 * @throws BrineError BRINE_CONFIG_004 when neither can be written to
 */
export function temporaryFolder(memoryFolder = sharedMemory, disk = tmpdir()): string {
  const memory = process.platform === 'linux' ? whyNotWritten(memoryFolder) : `there is no ${memoryFolder}`;
  if (memory === undefined && freeBytes(memoryFolder) >= wantedBytes) return memoryFolder;
  const why = whyNotWritten(disk);
  if (why === undefined) return disk;
  if (memory === undefined) return memoryFolder;
  throw new BrineError('BRINE_CONFIG_004', {
    reason: `there is no folder that the run can write its files to: ${why} (TMPDIR); ${memory}`,
    advice: `name one: \`${otherTemporaryFolder()}\``,
  });
}

/** The command that takes another temporary folder. */
export function otherTemporaryFolder(): string {
  const elsewhere = '/var/tmp';
  return tmpdir().startsWith(elsewhere)
    ? 'mkdir -p ~/tmp && TMPDIR=~/tmp npx cucumber-js'
    : `TMPDIR=${elsewhere} npx cucumber-js`;
}

/** Undefined where it can be written to. */
function whyNotWritten(folder: string): string | undefined {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** 0 where the system does not tell. */
function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

/** Removes the runs whose process is gone. Those that are being created by another process have no owner yet. */
function sweep(folders: RunFolders, report: (line: string) => void): void {
  for (const folder of new Set([sharedMemory, tmpdir()])) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder).filter((name) => name.startsWith(directoryPrefix))) {
      sweepRun(join(folder, entry), folders, report);
    }
  }
}

function sweepRun(directory: string, { reports }: RunFolders, report: (line: string) => void): void {
  try {
    const owner: Owner = JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8'));
    if (isAlive(owner.pid, owner.identity)) {
      if (owner.reports === reports) report(sharedReports(owner));
      return;
    }
    report(`removing what a killed run left behind (${directory})`);
    for (const failure of removeLeftovers(directory)) report(`  could not be removed: ${failure}`);
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // another user's run, or one that is just being created or removed
  }
}

function sharedReports({ pid, reports }: Owner): string {
  return `another run (process ${pid}) writes its reports to ${reports}, too, so those of one will be lost: give one of them another folder (BRINE_REPORTS_DIRECTORY)`;
}
