// @ts-check
// Plain JavaScript on purpose: the reaper runs it in a bare node process, which must be up within milliseconds.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/**
 * @typedef {{ kind: 'process', pid: number, identity: string, name: string, signal: NodeJS.Signals }
 *   | { kind: 'directory', path: string }
 *   | { kind: 'databases' | 'subjects', url: string, prefix: string }
 *   | { kind: 'topics', brokers: readonly string[], prefix: string }
 *   | { kind: 'run' | 'project', id: string, engine: string }} Leftover
 *   What a run has started and must not outlive it.
 */

/**
 * What tells this process from a later one with the same number: its start time. '' when there is none such.
 * @param {number} pid
 * @returns {string}
 */
function processIdentity(pid) {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    }
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // proc(5): field 3 is the state, field 22 the start time in clock ticks after boot
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

/**
 * Whether the very process is alive.
 * @param {number} pid
 * @param {string} identity
 */
function isAlive(pid, identity) {
  return identity !== '' && processIdentity(pid) === identity;
}

const ledgerFile = 'ledger.ndjson';
const dockerLimitMs = 60_000;
const storeLimitMs = 12_000;
const closedLedger = 'ledger.closed';
/** In the environment of every process of a run: one that had no time to be entered is known by it. */
const runMark = 'BRINE_RUN_ID';

/**
 * From now on nothing can be entered: a folder takes the ledger's place, and whoever wants to write gets an error.
 * @param {string} runDirectory
 */
function closeLedger(runDirectory) {
  const file = path.join(runDirectory, ledgerFile);
  for (let part = 0; part < 100; part++) {
    try {
      if (!fs.statSync(file).isFile()) return;
      fs.renameSync(file, path.join(runDirectory, `${closedLedger}.${process.pid}.${part}`));
    } catch {
      // nothing was entered yet
    }
    try {
      fs.mkdirSync(file);
      return;
    } catch {
      // somebody entered something in between, or the whole folder is gone
      if (!fs.existsSync(runDirectory)) return;
    }
  }
}

/**
 * The entries of a run's ledger; half-written lines of a killed run are passed over.
 * @param {string} runDirectory
 * @returns {Leftover[]}
 */
function readLedger(runDirectory) {
  let text = '';
  try {
    for (const name of fs.readdirSync(runDirectory)) {
      if (!name.startsWith(closedLedger)) continue;
      text += `${fs.readFileSync(path.join(runDirectory, name), 'utf8')}\n`;
    }
  } catch {
    // the folder is gone
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}

/**
 * The living processes that were started with the run's mark, however they were started: those that had no time
 * to be entered, and what they have started. Only Linux tells.
 * @param {string} runDirectory
 * @returns {Extract<Leftover, { kind: 'process' }>[]}
 */
function markedProcesses(runDirectory) {
  const mark = `${runMark}=${path.basename(runDirectory).replace(/^brine-run-/, '')}\0`;
  /** @type {Extract<Leftover, { kind: 'process' }>[]} */
  const found = [];
  if (process.platform !== 'linux') return found;
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
    try {
      if (!`${fs.readFileSync(`/proc/${entry}/environ`, 'latin1')}\0`.includes(mark)) continue;
    } catch {
      continue; // another user's, or it has just ended
    }
    const pid = Number(entry);
    found.push({
      kind: 'process',
      pid,
      identity: processIdentity(pid),
      name: 'a process',
      signal: 'SIGKILL',
    });
  }
  return found;
}

/** @param {Extract<Leftover, { kind: 'process' }>} leftover @param {NodeJS.Signals} signal */
function send(leftover, signal) {
  if (!isAlive(leftover.pid, leftover.identity)) return;
  for (const target of [-leftover.pid, leftover.pid]) {
    try {
      process.kill(target, signal);
    } catch {
      // gone already, or not the leader of a group
    }
  }
}

/** @param {number} ms */
function block(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * Ends every process of a run, the last one first, and closes its ledger. Synchronous and repeatable.
 * @param {string} runDirectory
 * @returns {string[]} what is still alive, for people
 */
function endProcesses(runDirectory) {
  closeLedger(runDirectory);
  const entered = readLedger(runDirectory)
    .filter((leftover) => leftover.kind === 'process')
    .reverse();
  for (const leftover of entered) send(leftover, leftover.signal);
  waitForEnd(entered, 2_000);
  for (const leftover of entered) send(leftover, 'SIGKILL');
  const strays = markedProcesses(runDirectory);
  for (const leftover of strays) send(leftover, 'SIGKILL');
  const all = [...entered, ...strays];
  waitForEnd(all, 1_000);
  return all
    .filter(({ pid, identity }) => isAlive(pid, identity))
    .map(({ name, pid }) => `${name} (process ${pid}) is still alive`);
}

/** @param {Extract<Leftover, { kind: 'process' }>[]} processes @param {number} limitMs */
function waitForEnd(processes, limitMs) {
  const anyAlive = () => processes.some(({ pid, identity }) => isAlive(pid, identity));
  for (let waited = 0; waited < limitMs && anyAlive(); waited += 10) block(10);
}

const ofStores = ['databases', 'topics', 'subjects'];
const ofThisMachine = ['process', 'directory'];

/**
 * @param {Leftover[]} leftovers
 * @returns {string[]} what could not be removed, for people
 */
function removeFromDocker(leftovers) {
  return removeElsewhere('docker-remove.js', dockerLimitMs, leftovers.filter(isOfDocker));
}

/**
 * Whether a run has asked a Docker engine for something.
 * @param {string} runDirectory
 */
function hasUsedDocker(runDirectory) {
  closeLedger(runDirectory);
  return readLedger(runDirectory).some(isOfDocker);
}

/** @param {Leftover} leftover */
function isOfDocker({ kind }) {
  return ![...ofStores, ...ofThisMachine].includes(kind);
}

/**
 * @param {Leftover[]} leftovers
 * @returns {string[]} what could not be removed, for people
 */
function removeFromStores(leftovers) {
  const found = leftovers.filter(({ kind }) => ofStores.includes(kind));
  const once = new Map(found.map((leftover) => [JSON.stringify(leftover), leftover]));
  return removeElsewhere('store-remove.js', storeLimitMs, [...once.values()]);
}

/**
 * In a process of its own, which is waited for.
 * @param {string} program @param {number} timeout @param {Leftover[]} leftovers
 * @returns {string[]} what it says that it could not remove
 */
function removeElsewhere(program, timeout, leftovers) {
  if (leftovers.length === 0) return [];
  try {
    const env = { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' }; // kafkajs sets negative time-outs
    const input = JSON.stringify(leftovers);
    const options = { encoding: /** @type {const} */ ('utf8'), timeout, env, input };
    return execFileSync(process.execPath, [path.join(__dirname, program)], options)
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * A PostgreSQL server that was killed leaves its segment of shared memory (some bytes, by which a second server on the same data would
 * notice it) and the file that names it, in its seventh line; one that has ended took both away.
 * https://www.postgresql.org/docs/current/storage-file-layout.html
 * @param {string} file
 */
function removeSharedMemory(file) {
  try {
    const [, id] = /^\s*\d+\s+(\d+)\s*$/.exec(fs.readFileSync(file, 'latin1').split('\n')[6] ?? '') ?? [];
    if (id !== undefined) execFileSync('ipcrm', ['-m', id], { stdio: 'ignore', timeout: 2_000 });
  } catch {
    // there is none, or no such program: it goes when the machine is started anew
  }
}

/**
 * Ends and removes everything that a run's ledger names, then the run's folder. Every step is attempted.
 * Synchronous, so that it also works in the last moments of a process.
 * @param {string} runDirectory
 * @param {boolean} [mayComeBack] other threads of the run still live, and a client of theirs may make a topic once
 *   more, or a server still makes what was asked for: then a run that has used servers of others, or a Docker engine,
 *   keeps its folder, so that it is done all again
 * @returns {string[]} what could not be removed, for people
 */
function removeLeftovers(runDirectory, mayComeBack = false) {
  const failures = endProcesses(runDirectory);
  const leftovers = readLedger(runDirectory);
  for (const leftover of leftovers) {
    try {
      if (leftover.kind === 'directory') fs.rmSync(leftover.path, { recursive: true, force: true });
    } catch (error) {
      // what could not be made, because nothing can be written there, is refused to be removed, too
      if (leftover.kind !== 'directory' || fs.existsSync(leftover.path))
        failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  removeSharedMemory(path.join(runDirectory, 'postgres', 'data', 'postmaster.pid'));
  failures.push(...removeFromStores(leftovers), ...removeFromDocker(leftovers));
  if (mayComeBack && leftovers.some(({ kind }) => !ofThisMachine.includes(kind))) return failures;
  try {
    fs.rmSync(runDirectory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
  return failures;
}

module.exports = { endProcesses, hasUsedDocker, isAlive, processIdentity, removeLeftovers, runMark };
