import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpClient } from '../../support/clients';
import { StubServer } from '../../support/stubs/stub-server';

const request = {
  method: 'POST',
  path: '/charges?x=1',
  headers: { 'x-a': 'b' },
  body: '{"n":1}',
  timeoutMs: 5_000,
};

test('an outside service answers as it was told and remembers what it was asked', async () => {
  await using stub = await StubServer.start('payments');
  using client = new HttpClient('payments', stub.url);
  assert.equal((await client.send(request)).status, 200);
  stub.respondWith({ status: 402, body: '{"error":"declined"}', headers: { 'x-reason': 'funds' } });
  const answer = await client.send(request);
  assert.equal(answer.status, 402);
  assert.equal(answer.text, '{"error":"declined"}');
  assert.equal(answer.headers['x-reason'], 'funds');
  assert.deepEqual(
    stub.received.map(({ method, path, body, headers, status }) => [
      method,
      path,
      body,
      headers['x-a'],
      status,
    ]),
    [
      ['POST', '/charges?x=1', '{"n":1}', 'b', 200],
      ['POST', '/charges?x=1', '{"n":1}', 'b', 402],
    ],
  );
});

test('a reset forgets answers and calls', async () => {
  await using stub = await StubServer.start('payments');
  using client = new HttpClient('payments', stub.url);
  stub.respondWith({ status: 500 });
  await client.send(request);
  stub.reset();
  assert.equal(stub.received.length, 0);
  assert.equal((await client.send(request)).status, 200);
});

test('a late answer does not hold up the end', async () => {
  await using stub = await StubServer.start('payments');
  using client = new HttpClient('payments', stub.url);
  stub.respondWith({ delayMs: 60_000 });
  await assert.rejects(client.send({ ...request, timeoutMs: 50 }), /there was no answer within 50 ms/);
});

test('one connection serves all requests of a client', async () => {
  await using stub = await StubServer.start('payments');
  using client = new HttpClient('payments', stub.url);
  for (let count = 0; count < 5; count++) await client.send(request);
  assert.equal(stub.connections, 1);
});
