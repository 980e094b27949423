// @ts-check
// usage: node reaper.js RUN_DIRECTORY
// Started with a pipe to the runner as its standard input. The pipe ends when the runner does, however that
// happens (kill -9 included); then whatever the run's ledger still names is removed.
const { hasUsedDocker, removeLeftovers } = require('./remove.js');

const lateMs = 250;
/** Within it an engine has made what it was asked for. */
const engineMs = 2_000;
const runDirectory = process.argv[2] ?? usage();

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {}); // meant for the runner; the end of the pipe is what counts
}
process.stdin.resume();
process.stdin.on('error', reap);
process.stdin.on('end', reap);

/** Twice: what the runner was starting as it died may only be known a moment later. */
function reap() {
  const againMs = hasUsedDocker(runDirectory) ? engineMs : lateMs;
  removeLeftovers(runDirectory, true);
  setTimeout(() => removeLeftovers(runDirectory), againMs);
}

/** @returns {never} */
function usage() {
  throw new Error('usage: node reaper.js RUN_DIRECTORY');
}
