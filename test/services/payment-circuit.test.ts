import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { PaymentCircuit } from '../../services/orders/src/payments/payment-circuit';

const charge = { orderId: 'order-1', amountCents: 250 };
const logger = pino({ level: 'silent' });

interface Answer {
  status: number;
  body?: string;
  delayMs?: number;
}

let answer: Answer = { status: 200 };
let received: { url?: string; key?: unknown; body: string }[] = [];
const provider = http.createServer(async (request, response) => {
  const { status, body, delayMs = 0 } = answer;
  received.push({
    url: request.url,
    key: request.headers['idempotency-key'],
    body: (await request.toArray()).join(''),
  });
  await delay(delayMs, undefined, { ref: false });
  response.writeHead(status).end(body);
});
let circuit: PaymentCircuit | undefined;

function open(path = ''): PaymentCircuit {
  const { port } = provider.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${path}`;
  circuit = new PaymentCircuit(
    { url, timeoutMs: 500, retryMs: 10, circuitFailures: 3, circuitResetMs: 50 },
    logger,
  );
  return circuit;
}

before(() => new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve)));
after(() => {
  provider.close();
  provider.closeAllConnections();
});
afterEach(() => {
  circuit?.stop();
  answer = { status: 200 };
  received = [];
});

test('a charge is posted with the order as idempotency key', async () => {
  assert.deepEqual(await open('/api').charge(charge), { outcome: 'paid' });
  assert.deepEqual(received, [{ url: '/api/charges', key: 'order-1', body: JSON.stringify(charge) }]);
});

test('a decline is a decision, with the words of the provider, and no failure', async () => {
  answer = { status: 402, body: '{"error":"card expired"}' };
  const circuit = open();
  for (let n = 0; n < 5; n++) {
    assert.deepEqual(await circuit.charge(charge), {
      outcome: 'declined',
      reason: 'payment declined: card expired',
    });
  }
  assert.equal(circuit.state(), 'closed');
});

test('failures in a row open the circuit even after many successes, and then nothing is sent', async () => {
  const circuit = open();
  for (let n = 0; n < 10; n++) await circuit.charge(charge);
  answer = { status: 503 };
  for (let n = 0; n < 3; n++) {
    const cause = 'the payment provider answered 503';
    assert.deepEqual(await circuit.charge(charge), { outcome: 'unavailable', cause });
  }
  assert.equal(circuit.state(), 'open');
  assert.deepEqual(await circuit.charge(charge), { outcome: 'unavailable', cause: 'Breaker is open' });
  assert.equal(received.length, 13);
});

test('a success in between starts the count again', async () => {
  const circuit = open();
  for (const status of [503, 503, 200, 503, 503]) {
    answer = { status };
    await circuit.charge(charge);
  }
  assert.equal(circuit.state(), 'closed');
});

test('after the reset time one attempt decides whether the circuit closes', async () => {
  const circuit = open();
  answer = { status: 503 };
  for (let n = 0; n < 3; n++) await circuit.charge(charge);
  await delay(80);
  assert.equal(circuit.state(), 'halfOpen');
  await circuit.charge(charge);
  assert.equal(circuit.state(), 'open');
  await delay(80);
  answer = { status: 200 };
  assert.deepEqual(await circuit.charge(charge), { outcome: 'paid' });
  assert.equal(circuit.state(), 'closed');
});

test('a provider that cannot be reached is unavailable', async () => {
  const { port } = provider.address() as AddressInfo;
  const circuit = open();
  await new Promise<void>((resolve) => provider.close(() => resolve()));
  const result = await circuit.charge(charge);
  assert.deepEqual(result, { outcome: 'unavailable', cause: `connect ECONNREFUSED 127.0.0.1:${port}` });
  await new Promise<void>((resolve) => provider.listen(port, '127.0.0.1', resolve));
});

test('a provider that does not answer in time is unavailable', async () => {
  answer = { status: 200, delayMs: 5_000 };
  assert.deepEqual(await open().charge(charge), { outcome: 'unavailable', cause: 'Timed out after 500ms' });
});
