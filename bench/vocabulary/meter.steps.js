// @ts-check
// Notes when a wait has noticed what came, and what the runner's thread and process did meanwhile.
const { appendFileSync } = require('node:fs');
const { AfterStep, Given, Then } = require('@cucumber/cucumber');

const file = process.env.METER_FILE ?? '';
let begin = { at: 0, cpu: process.cpuUsage() };
let end = begin;

function now() {
  return { at: performance.now(), cpu: process.cpuUsage() };
}

Given('the meter runs', () => {
  begin = now();
});

/** When the wait itself is over: what the runner does between two steps is not its latency. */
AfterStep(({ pickleStep }) => {
  if (pickleStep.text.startsWith('within')) end = now();
});

Then('the notice of the row is noted', async function () {
  const [row] = await this.database().query(
    'SELECT extract(epoch FROM at) * 1000 AS at FROM t20 ORDER BY id DESC LIMIT 1',
  );
  note('row', performance.timeOrigin + end.at - Number(row.at));
});

Then('the notice of the event is noted', function () {
  const [event] = this.events.recorder.since('orders');
  note('event', performance.timeOrigin + end.at - event.value.at);
});

/** @param {string} what @param {number} latencyMs */
function note(what, latencyMs) {
  const cpuMs = (end.cpu.user - begin.cpu.user + end.cpu.system - begin.cpu.system) / 1000;
  const waitedMs = end.at - begin.at;
  appendFileSync(file, `${JSON.stringify({ what, latencyMs, cpuMs, waitedMs })}\n`);
}
