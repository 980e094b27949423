import assert from 'node:assert/strict';
import test from 'node:test';
import { faultsIn, type History } from './history';
import { seeded, soak } from './soak';

test('nothing acknowledged is lost, keys stay in order and copies are made once, while brokers fail at random', {
  timeout: 180_000,
}, async () => {
  const history = await soak({ seconds: 20, random: seeded(4) });
  assert.deepEqual(faultsIn(history).slice(0, 10), []);
  findsEachDamageTo(history);
  assert.ok(history.acknowledged.length > 100, `only ${history.acknowledged.length} messages`);
  assert.ok(Object.keys(history.faults).length >= 3);
});

/** What a broker could do wrong, each done to a history that was sound, at places drawn by lot. */
const damages: Readonly<Record<string, (history: History, at: (length: number) => number) => History>> = {
  'an acknowledged message is not stored': ({ stored, ...rest }, at) => ({
    ...rest,
    stored: stored.toSpliced(at(stored.length), 1),
  }),
  'a message is never delivered': ({ delivered, ...rest }, at) => {
    const { key, number } = delivered[at(delivered.length)]!;
    return { ...rest, delivered: delivered.filter((each) => each.key !== key || each.number !== number) };
  },
  'a message is not copied': ({ copied, ...rest }, at) => ({
    ...rest,
    copied: copied.toSpliced(at(copied.length), 1),
  }),
  'a message is stored twice': ({ stored, ...rest }, at) => ({ ...rest, stored: twice(stored, at) }),
  'a transaction copies a message twice': ({ copied, ...rest }, at) => ({
    ...rest,
    copied: twice(copied, at),
  }),
  'two messages of a key are stored in the wrong order': ({ stored, ...rest }, at) => ({
    ...rest,
    stored: swapped(stored, at),
  }),
  'two messages of a key are copied in the wrong order': ({ copied, ...rest }, at) => ({
    ...rest,
    copied: swapped(copied, at),
  }),
};

type Messages = History['stored'];

function twice(messages: Messages, at: (length: number) => number): Messages {
  const index = at(messages.length);
  return messages.toSpliced(index + 1 + at(messages.length - index), 0, messages[index]!);
}

function swapped(messages: Messages, at: (length: number) => number): Messages {
  const { key } = messages[at(messages.length)]!;
  const own = messages.flatMap((each, index) => (each.key === key ? [index] : []));
  const first = at(own.length - 1);
  const [one, other] = [own[first]!, own[first + 1]!];
  return messages.with(one, messages[other]!).with(other, messages[one]!);
}

function findsEachDamageTo(history: History): void {
  const random = seeded(7);
  const at = (length: number) => Math.floor(random() * length);
  for (const [what, damage] of Object.entries(damages)) {
    for (let round = 0; round < 20; round++) {
      assert.notDeepEqual(faultsIn(damage(history, at)), [], what);
    }
  }
}

test('a broker that writes the batches of transactions twice does not pass', {
  timeout: 120_000,
}, async () => {
  const { copied, ...rest } = await soak({
    seconds: 2,
    random: seeded(5),
    sabotage: ({ faults }) =>
      faults.add({ api: 'Produce', topic: 'out', nth: 3, times: 1, effect: { repeat: 2 } }),
  });
  assert.deepEqual(
    faultsIn({ ...rest, copied: [] }).filter((fault) => !fault.includes('copied')),
    [],
  );
  assert.match(faultsIn({ ...rest, copied }).join('\n'), /was copied after/);
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
