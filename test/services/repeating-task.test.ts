import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { RepeatingTask } from '../../services/orders/src/background/repeating-task';

const logger = pino({ level: 'silent' });
let task: RepeatingTask | undefined;

function repeating(run: () => Promise<void>, intervalMs = 60_000): RepeatingTask {
  task = new RepeatingTask({ name: 'task', intervalMs, run, logger });
  return task;
}

afterEach(() => task?.stop());

test('waking during a run promises another one that begins afterwards', async () => {
  let begun = 0;
  const task = repeating(async () => {
    begun += 1;
    await delay(20);
  });
  const promises = [task.wake(), task.wake(), task.wake()];
  assert.equal(begun, 1);
  await Promise.all(promises);
  assert.equal(begun, 2);
});

test('a failing run is tried again, and waking never rejects', async () => {
  let runs = 0;
  const task = repeating(async () => {
    runs += 1;
    if (runs < 3) throw new Error('not yet');
  }, 5);
  await task.wake();
  while (runs < 3) await delay(1);
});

test('stopping waits for the run under way and starts no other', async () => {
  let runs = 0;
  const task = repeating(async () => {
    runs += 1;
    await delay(20);
  }, 1);
  void task.wake();
  void task.wake();
  await task.stop();
  await task.wake();
  await delay(10);
  assert.equal(runs, 1);
});
