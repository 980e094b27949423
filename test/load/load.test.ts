import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { describe, test } from 'node:test';
import { type LoadPlan, type LoadResult, runLoad } from '../../support/load/load';
import { endHttpServer, listenOnLoopback } from '../../support/loopback/server';

/** The load on a server that answers so; `seen` counts its requests. */
async function loadOn(answer: RequestListener, plan: LoadPlan): Promise<LoadResult & { seen: number }> {
  let seen = 0;
  const server = createServer((request, response) => {
    seen++;
    answer(request, response);
  });
  const port = await listenOnLoopback(server, 0);
  const request = { method: 'GET', path: '/', timeoutMs: 5_000 };
  try {
    return { ...(await runLoad(`http://127.0.0.1:${port}`, request, plan)), seen };
  } finally {
    await endHttpServer(server);
  }
}

const drop: RequestListener = (request) => void request.socket.destroy();

describe('each request of a load is an answer or has failed', () => {
  test('all are answered, also where they cannot be shared out evenly', async () => {
    const load = await loadOn((_, response) => void response.end('x'), { amount: 50, atOnce: 7 });
    assert.deepEqual([load.seen, load.times.length, load.failed], [50, 50, 0]);
    assert.deepEqual([...load.statuses], [[200, 50]]);
  });

  test('connections that are dropped', async () => {
    const load = await loadOn(drop, { amount: 20, atOnce: 5 });
    assert.deepEqual([load.times.length, load.failed], [0, 20]);
  });

  test('every second connection is dropped', async () => {
    let count = 0;
    const load = await loadOn(
      (request, response) => (count++ % 2 === 0 ? drop(request, response) : void response.end('x')),
      { amount: 20, atOnce: 1 },
    );
    assert.deepEqual([...load.statuses, load.failed], [[200, 10], 10]);
  });

  test('connections that are dropped as long as it lasts', async () => {
    const load = await loadOn(drop, { durationMs: 100, atOnce: 2 });
    assert.equal(load.times.length, 0);
    assert.ok(load.failed >= 1, String(load.failed));
  });

  test('connections that are refused', async () => {
    const server = createServer();
    const port = await listenOnLoopback(server, 0);
    await endHttpServer(server);
    const request = { method: 'GET', path: '/', timeoutMs: 5_000 };
    const load = await runLoad(`http://127.0.0.1:${port}`, request, { amount: 20, atOnce: 5 });
    assert.deepEqual([load.times.length, load.failed], [0, 20]);
  });
});
