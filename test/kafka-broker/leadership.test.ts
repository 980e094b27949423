import assert from 'node:assert/strict';
import test from 'node:test';
import { Coordinators } from '../../support/kafka-broker/state/coordinators';
import { Leadership } from '../../support/kafka-broker/state/leadership';
import { Nodes } from '../../support/kafka-broker/state/nodes';
import { assignmentProblem, spread } from '../../support/kafka-broker/state/placement';

test('an epoch ends where the next one begins, as LeaderEpochFileCache of Kafka has it', () => {
  const leadership = new Leadership([1, 2, 3]);
  leadership.change(2, 10n);
  leadership.change(3, 10n); // nothing was written in epoch 1
  leadership.change(1, 25n);
  assert.equal(leadership.epoch, 3);
  assert.deepEqual(leadership.endOf(0, 30n), { epoch: 0, endOffset: 10n });
  assert.deepEqual(leadership.endOf(1, 30n), { epoch: 0, endOffset: 10n });
  assert.deepEqual(leadership.endOf(2, 30n), { epoch: 2, endOffset: 25n });
  assert.deepEqual(leadership.endOf(3, 30n), { epoch: 3, endOffset: 30n });
  assert.deepEqual(leadership.endOf(4, 30n), { epoch: -1, endOffset: -1n });
  assert.deepEqual(leadership.endOf(-1, 30n), { epoch: -1, endOffset: -1n });
  assert.deepEqual(
    [0n, 9n, 10n, 24n, 25n, 99n].map((offset) => leadership.epochAt(offset)),
    [0, 0, 2, 2, 3, 3],
  );
});

test('replicas go round the nodes, each partition preferring the next one as leader', () => {
  const nodes = new Nodes('127.0.0.1', 3);
  assert.deepEqual(spread(nodes, 4, 2, 1), [
    [2, 3],
    [3, 1],
    [1, 2],
    [2, 3],
  ]);
});

test('replicas chosen by hand are checked as Kafka does', () => {
  const nodes = new Nodes('127.0.0.1', 3);
  assert.equal(assignmentProblem([[1, 2], [3, 1]], nodes), null); // biome-ignore format: short
  assert.match(
    assignmentProblem([[1, 4]], nodes) ?? '',
    /includes broker 4, but no such broker is registered/,
  );
  assert.match(assignmentProblem([[]], nodes) ?? '', /empty replica list/);
  assert.match(assignmentProblem([[1, 1]], nodes) ?? '', /more than once: 1, 1/);
  assert.match(assignmentProblem([[1], [1, 2]], nodes) ?? '', /2 replica\(s\), .* which have 1 replica/);
});

test('an id keeps its coordinator until that stops, and does not go back by itself', () => {
  const nodes = new Nodes('127.0.0.1', 3);
  const coordinators = new Coordinators(nodes);
  const groups = Array.from({ length: 30 }, (_, index) => `group-${index}`);
  const where = () => groups.map((group) => coordinators.of('group', group));
  const before = where();
  assert.deepEqual([...new Set(before)].sort(), [1, 2, 3]);
  const second = nodes.get(2)!;
  second.isRunning = false;
  coordinators.reassign();
  const during = where();
  assert.deepEqual([...new Set(during)].sort(), [1, 3]);
  assert.deepEqual(
    during.filter((_, index) => before[index] !== 2),
    before.filter((id) => id !== 2),
  );
  second.isRunning = true;
  coordinators.reassign();
  assert.deepEqual(where(), during);
});

test('a coordinator that was moved by hand stays until it stops', () => {
  const nodes = new Nodes('127.0.0.1', 2);
  const coordinators = new Coordinators(nodes);
  const own = coordinators.of('group', 'g');
  const other = own === 1 ? 2 : 1;
  coordinators.move('group', 'g', other);
  assert.equal(coordinators.of('group', 'g'), other);
  assert.equal(coordinators.of('transaction', 'g'), own, 'a transactional id of that name is something else');
  nodes.get(other)!.isRunning = false;
  coordinators.reassign();
  assert.equal(coordinators.of('group', 'g'), own);
});
