// @ts-check
// Notes when a wait has noticed what came, and what the runner's thread and process did meanwhile.
const { appendFileSync } = require('node:fs');
const { Given, Then } = require('@cucumber/cucumber');

const file = process.env.METER_FILE ?? '';
let begin = { at: 0, cpu: process.cpuUsage() };

Given('the meter runs', () => {
  begin = { at: performance.now(), cpu: process.cpuUsage() };
});

Then('the notice of the row is noted', async function () {
  const now = performance.timeOrigin + performance.now();
  const [row] = await this.database().query(
    'SELECT extract(epoch FROM at) * 1000 AS at FROM t20 ORDER BY id DESC LIMIT 1',
  );
  note('row', now - Number(row.at));
});

Then('the notice of the event is noted', function () {
  const now = performance.timeOrigin + performance.now();
  const [event] = this.events.recorder.since('orders');
  note('event', now - event.value.at);
});

/** @param {string} what @param {number} latencyMs */
function note(what, latencyMs) {
  const { user, system } = process.cpuUsage(begin.cpu);
  const waitedMs = performance.now() - begin.at;
  appendFileSync(file, `${JSON.stringify({ what, latencyMs, cpuMs: (user + system) / 1000, waitedMs })}\n`);
}
