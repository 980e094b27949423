import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { FaultEffect, KafkaBroker } from '../../support/kafka-broker';
import { has, succeed } from '../kafka-conformance/programs';
import { Inbox, startBroker } from './harness';

/** How librdkafka goes on, through Debian's kcat, when what it talks to moves, ends, or puts it out. */
const quickly = [
  'retry.backoff.ms=5',
  'reconnect.backoff.ms=5',
  'reconnect.backoff.max.ms=20',
  'topic.metadata.refresh.fast.interval.ms=20',
  'heartbeat.interval.ms=50',
  'session.timeout.ms=6000',
  'auto.offset.reset=earliest',
].flatMap((setting) => ['-X', setting]);
const bound = { timeout: 60_000 };

/** Two brokers: kcat ends as soon as it has no connection to any. */
async function cluster(t: TestContext): Promise<KafkaBroker | undefined> {
  if (!(await has('kcat', ['-V']))) {
    t.skip('kcat is not installed');
    return undefined;
  }
  const broker = await startBroker(t, { brokers: 2 });
  broker.createTopic('t', { partitions: 1 });
  return broker;
}

/** A kcat that runs until the test ends; the lines that it prints. */
function running(t: TestContext, args: readonly string[]) {
  const child = spawn('kcat', [...args, ...quickly], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  t.after(() => {
    child.kill('SIGKILL');
    return ended;
  });
  const lines = new Inbox<string>();
  createInterface(child.stdout).on('line', (line) => lines.add(line));
  return lines;
}

const write = ({ address }: KafkaBroker, value: string) =>
  succeed('kcat', ['-b', address, '-P', '-t', 't', ...quickly], `${value}\n`);
const leaderOf = (broker: KafkaBroker) => broker.partitions('t')[0]!.leader;
const memberOf = (broker: KafkaBroker) => broker.groups()[0]?.members[0]?.memberId ?? '';

/** Looks again with each turn of the event loop; the time-out of the test bounds it. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

/** What happens to the group, and whether its member has to come back as another. */
const events: Readonly<Record<string, readonly [act: (broker: KafkaBroker) => unknown, isAnother: boolean]>> =
  {
    'a forced rebalance': [(broker) => broker.forceRebalance('g'), false],
    'being put out of its group': [(broker) => broker.evictMember('g', memberOf(broker)), true],
    'the end of its session': [(broker) => broker.expireSession('g', memberOf(broker)), true],
    'a move of its coordinator': [(broker) => [1, 2].map((node) => broker.moveCoordinator('g', node)), false],
    'a move of the leader': [(broker) => broker.moveLeader('t', 0, 3 - leaderOf(broker)), false],
    'the end of the leader': [(broker) => broker.stopBroker(leaderOf(broker)), false],
  };

for (const [what, [act, isAnother]] of Object.entries(events)) {
  test(`kcat in a group reads on after ${what}`, bound, async (t) => {
    const broker = await cluster(t);
    if (!broker) return;
    await write(broker, 'a');
    const lines = running(t, ['-b', broker.address, '-q', '-u', '-G', 'g', 't']);
    await lines.until((all) => all.includes('a'));
    const before = memberOf(broker);
    await act(broker);
    await write(broker, 'b');
    await lines.until((all) => all.includes('b'));
    // Whoever has not committed before is given the first one again.
    assert.deepEqual([...new Set(lines.received)], ['a', 'b']);
    await until(() => memberOf(broker) !== '');
    assert.equal(memberOf(broker) !== before, isAnother);
  });
}

/** What happens to the partition while a message is under way to it. */
const moves: Readonly<Record<string, readonly [effect: FaultEffect, act: (broker: KafkaBroker) => unknown]>> =
  {
    'a move of the leader': [{ delayMs: 100 }, (broker) => broker.moveLeader('t', 0, 3 - leaderOf(broker))],
    'the end of the leader': [{ hang: true }, (broker) => broker.stopBroker(leaderOf(broker))],
  };

for (const [what, [effect, act]] of Object.entries(moves)) {
  test(`kcat writes on after ${what}, and once`, bound, async (t) => {
    const broker = await cluster(t);
    if (!broker) return;
    const fault = broker.faults.add({ api: 'Produce', topic: 't', times: 1, effect });
    const before = leaderOf(broker);
    const writing = write(broker, 'a');
    await until(() => fault.hits === 1);
    await act(broker);
    await writing;
    assert.deepEqual(
      broker.records('t').map(({ value }) => String(value)),
      ['a'],
    );
    assert.notEqual(leaderOf(broker), before);
  });
}

test('kcat writes on after three refusals, and once', bound, async (t) => {
  const broker = await cluster(t);
  if (!broker) return;
  const fault = broker.faults.add({
    api: 'Produce',
    topic: 't',
    times: 3,
    effect: { error: 'NOT_ENOUGH_REPLICAS' },
  });
  await write(broker, 'a');
  assert.equal(fault.hits, 3);
  assert.deepEqual(
    broker.records('t').map(({ value }) => String(value)),
    ['a'],
  );
});

test('a rule for a client is for that client alone', bound, async (t) => {
  const broker = await cluster(t);
  if (!broker) return;
  const add = (clientId: string) =>
    broker.faults.add({ api: 'Produce', clientId, effect: { error: 'MESSAGE_TOO_LARGE' } });
  const [own, other] = [add('mine'), add('other')];
  const produce = (clientId: string) =>
    succeed('kcat', ['-b', broker.address, '-P', '-t', 't', '-X', `client.id=${clientId}`], `${clientId}\n`);
  await produce('somebody');
  await assert.rejects(produce('mine'), /Message size too large/);
  assert.deepEqual([own.hits, other.hits], [1, 0]);
  assert.deepEqual(
    broker.records('t').map(({ value }) => String(value)),
    ['somebody'],
  );
});
