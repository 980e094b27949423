// @ts-check
// Plain JavaScript on purpose: the reaper runs it in a bare node process, which must be up within milliseconds.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/**
 * @typedef {{ kind: 'process', pid: number, identity: string, name: string, signal: NodeJS.Signals }
 *   | { kind: 'directory', path: string }
 *   | { kind: 'container', id: string }} Leftover
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

/**
 * The entries of a run's ledger; half-written lines of a killed run are passed over.
 * @param {string} runDirectory
 * @returns {Leftover[]}
 */
function readLedger(runDirectory) {
  let text = '';
  try {
    text = fs.readFileSync(path.join(runDirectory, 'ledger.ndjson'), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line)];
    } catch {
      return [];
    }
  });
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
 * Ends and removes everything that a run's ledger names, then the run's folder. Every step is attempted.
 * Synchronous, so that it also works in the last moments of a process.
 * @param {string} runDirectory
 * @returns {string[]} what could not be removed, for people
 */
function removeLeftovers(runDirectory) {
  const leftovers = readLedger(runDirectory);
  /** @type {string[]} */
  const failures = [];
  const processes = leftovers.filter((leftover) => leftover.kind === 'process').reverse();
  for (const leftover of processes) send(leftover, leftover.signal);
  const anyAlive = () => processes.some(({ pid, identity }) => isAlive(pid, identity));
  for (let waited = 0; waited < 2_000 && anyAlive(); waited += 10) block(10);
  for (const leftover of processes) send(leftover, 'SIGKILL');
  for (let waited = 0; waited < 1_000 && anyAlive(); waited += 10) block(10);
  for (const { name, pid, identity } of processes) {
    if (isAlive(pid, identity)) failures.push(`${name} (process ${pid}) is still alive`);
  }
  for (const leftover of leftovers) {
    try {
      if (leftover.kind === 'directory') fs.rmSync(leftover.path, { recursive: true, force: true });
      if (leftover.kind === 'container') {
        execFileSync('docker', ['rm', '--force', '--volumes', leftover.id], {
          stdio: 'ignore',
          timeout: 20_000,
        });
      }
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  try {
    fs.rmSync(runDirectory, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
  return failures;
}

module.exports = { isAlive, processIdentity, removeLeftovers };
