// @ts-check
// usage: node reaper.js RUN_DIRECTORY
// Started with a pipe to the runner as its standard input. The pipe ends when the runner does, however that
// happens (kill -9 included); then whatever the run's ledger still names is removed.
const { removeLeftovers } = require('./remove.js');

const runDirectory = process.argv[2];
if (runDirectory === undefined) throw new Error('usage: node reaper.js RUN_DIRECTORY');

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {}); // meant for the runner; the end of the pipe is what counts
}
process.stdin.resume();
process.stdin.on('error', () => removeLeftovers(runDirectory));
process.stdin.on('end', () => removeLeftovers(runDirectory));
