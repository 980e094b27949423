import assert from 'node:assert/strict';
import test from 'node:test';
import { faultsIn, type History } from './history';
import { seeded, soak } from './soak';

test('nothing acknowledged is lost, keys stay in order and copies are made once, while brokers fail at random', {
  timeout: 180_000,
}, async () => {
  const history = await soak({ seconds: 20, random: seeded(4) });
  assert.deepEqual(faultsIn(history).slice(0, 10), []);
  assert.ok(history.acknowledged.length > 100, `only ${history.acknowledged.length} messages`);
  assert.ok(Object.keys(history.faults).length >= 3);
});

const sound = (): { -readonly [K in keyof History]: History[K] } => {
  const messages = [0, 1, 2].map((number) => ({ key: 'k', number }));
  return { acknowledged: messages, stored: messages, delivered: messages, copied: messages };
};

test('the checker finds what is lost, twice, or out of order', () => {
  assert.deepEqual(faultsIn(sound()), []);
  const [first, second, third] = sound().stored as [
    History['stored'][0],
    History['stored'][0],
    History['stored'][0],
  ];
  assert.deepEqual(faultsIn({ ...sound(), delivered: [first, third] }), ['k/1 was not delivered']);
  assert.deepEqual(faultsIn({ ...sound(), delivered: [first, second, first, second, third] }), []);
  assert.deepEqual(faultsIn({ ...sound(), copied: [first, second, second, third] }), [
    'k/1 was copied after k/1',
  ]);
  assert.deepEqual(faultsIn({ ...sound(), stored: [second, first, third] }), ['k/0 was stored after k/1']);
  assert.deepEqual(faultsIn({ ...sound(), delivered: [first, third, second] }), [
    'k/1 was first delivered after k/2',
  ]);
});
