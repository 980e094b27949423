import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { FaultEffect, KafkaBroker } from '../../support/kafka-broker';
import { has, run } from '../kafka-conformance/programs';
import { startBroker } from './harness';

/** How librdkafka reacts to faults, through Debian's kcat. */
const shortly = [
  '-X',
  'retry.backoff.ms=5',
  '-X',
  'reconnect.backoff.ms=5',
  '-X',
  'reconnect.backoff.max.ms=20',
];

async function kcat(t: TestContext): Promise<KafkaBroker | undefined> {
  if (!(await has('kcat', ['-V']))) {
    t.skip('kcat is not installed');
    return undefined;
  }
  // kcat ends as soon as it has no connection to any broker: there is a second one.
  const broker = await startBroker(t, { brokers: 2 });
  broker.createTopic('t');
  return broker;
}

const produce = ({ address }: KafkaBroker, ...options: string[]) =>
  run('kcat', ['-b', address, '-P', '-t', 't', ...shortly, ...options], 'a\n');
const written = (broker: KafkaBroker) => broker.records('t').map(({ value }) => value?.toString());

const cases: ReadonlyArray<
  readonly [what: string, effect: FaultEffect, options: string[], written: string[]]
> = [
  ['writes again after a full disk', { error: 'KAFKA_STORAGE_ERROR' }, [], ['a']],
  ['writes again after too few replicas', { error: 'NOT_ENOUGH_REPLICAS' }, [], ['a']],
  ['writes once after a drop before the work', { drop: 'before' }, [], ['a']],
  ['writes twice after a drop after the work', { drop: 'after' }, [], ['a', 'a']],
  [
    'writes once after a drop after the work, idempotent',
    { drop: 'after' },
    ['-X', 'enable.idempotence=true'],
    ['a'],
  ],
  ['writes twice after an answer cut short', { truncateTo: 5 }, [], ['a', 'a']],
  ['writes twice after a lost answer', { loseAnswer: true }, ['-X', 'socket.timeout.ms=300'], ['a', 'a']],
  ['writes on another connection when one hangs', { hang: true }, ['-X', 'socket.timeout.ms=300'], ['a']],
  ['is delayed', { delayMs: 20 }, [], ['a']],
  ['is throttled', { throttleMs: 20 }, [], ['a']],
  ['writes once, and the broker keeps it twice', { repeat: 2 }, [], ['a', 'a']],
];

for (const [what, effect, options, expected] of cases) {
  test(`kcat ${what}`, async (t) => {
    const broker = await kcat(t);
    if (!broker) return;
    const fault = broker.faults.add({ api: 'Produce', times: 1, effect });
    const { code, stderr } = await produce(broker, ...options);
    assert.equal(code, 0, stderr);
    assert.equal(fault.hits, 1);
    assert.deepEqual(written(broker), expected);
  });
}

test('kcat gives up on MESSAGE_TOO_LARGE', async (t) => {
  const broker = await kcat(t);
  if (!broker) return;
  broker.faults.add({ api: 'Produce', effect: { error: 'MESSAGE_TOO_LARGE' } });
  const { stderr } = await produce(broker);
  assert.match(stderr, /Message size too large/);
  assert.deepEqual(written(broker), []);
});

test('kcat prints twice what a fetch brings twice', async (t) => {
  const broker = await kcat(t);
  if (!broker) return;
  await produce(broker);
  const fault = broker.faults.add({ api: 'Fetch', topic: 't', effect: { repeat: 2 } });
  const { stdout } = await run('kcat', ['-b', broker.address, '-C', '-t', 't', '-e', '-q']);
  assert.equal(stdout, 'a\na\n');
  assert.ok(fault.hits > 0);
});

test('kcat in a group joins again when it is told of a rebalance, and reads on', async (t) => {
  const broker = await kcat(t);
  if (!broker) return;
  await produce(broker);
  const fault = broker.faults.add({
    api: 'SyncGroup',
    group: 'g',
    times: 1,
    effect: { error: 'REBALANCE_IN_PROGRESS' },
  });
  const { stdout } = await run('kcat', [
    '-b',
    broker.address,
    '-X',
    'auto.offset.reset=earliest',
    '-c',
    '1',
    '-q',
    '-G',
    'g',
    't',
  ]);
  assert.equal(stdout, 'a\n');
  assert.equal(fault.hits, 1);
});
