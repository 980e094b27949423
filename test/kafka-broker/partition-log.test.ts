import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { recordBatchContent } from '../../support/kafka-broker/records/batch-content';
import { controlBatch } from '../../support/kafka-broker/records/control-batch';
import { RecordBatch } from '../../support/kafka-broker/records/record-batch';
import { PartitionLog } from '../../support/kafka-broker/state/partition-log';
import { sampleBatch } from './sample-batch';

interface ModelRecord {
  readonly offset: bigint;
  readonly key: string;
  readonly value: string | null;
  /** 0n: not transactional */
  readonly producerId: bigint;
  fate: 'visible' | 'open' | 'aborted';
  /** A compaction has seen it that keeps tombstones no longer: that is decided once, the first time. */
  horizonPassed: boolean;
}

/** A partition as one would draw it on paper: a list of records, nothing else. */
class Model {
  records: ModelRecord[] = [];
  start = 0n;
  end = 0n;
  /** The first offset of each open transaction. */
  readonly open = new Map<bigint, bigint>();

  get stable(): bigint {
    const stable = [...this.open.values(), this.end].reduce((a, b) => (a < b ? a : b));
    return stable < this.start ? this.start : stable;
  }
}

type Step = (log: PartitionLog<RecordBatch>, model: Model) => void;

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.option(fc.constantFrom('1', '2', '3'));
const producerId = fc.constantFrom(0n, 0n, 1n, 2n);
const records = fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 4 });

const append = fc.tuple(records, producerId).map(([pairs, id]): Step => {
  return (log, model) => {
    const isTransactional = id !== 0n;
    const bytes = sampleBatch({
      keys: pairs.map(([each]) => each),
      values: pairs.map(([, each]) => each),
      ...(isTransactional && { producerId: id, producerEpoch: 0, baseSequence: 0, attributes: 0x10 }),
    });
    const { baseOffset } = log.append(new RecordBatch(bytes), 0);
    assert.equal(baseOffset, model.end);
    if (isTransactional && !model.open.has(id)) model.open.set(id, model.end);
    for (const [recordKey, recordValue] of pairs) {
      const fate = isTransactional ? 'open' : 'visible';
      model.records.push({
        offset: model.end++,
        key: recordKey,
        value: recordValue,
        producerId: id,
        fate,
        horizonPassed: false,
      });
    }
  };
});

const endTransaction = fc
  .tuple(fc.constantFrom(1n, 2n), fc.constantFrom('commit' as const, 'abort' as const))
  .map(([id, outcome]): Step => {
    return (log, model) => {
      log.endTransaction(controlBatch(outcome, id, 0, 1_000), outcome, 0);
      model.end++;
      model.open.delete(id);
      for (const record of model.records) {
        if (record.producerId === id && record.fate === 'open') {
          record.fate = outcome === 'commit' ? 'visible' : 'aborted';
        }
      }
    };
  });

const deleteBefore = fc.double({ min: 0, max: 1, noNaN: true }).map((share): Step => {
  return (log, model) => {
    const offset = model.start + BigInt(Math.floor(share * Number(model.end - model.start)));
    log.deleteBefore(offset);
    model.start = offset;
    model.records = model.records.filter((record) => record.offset >= offset);
  };
});

const deleteOldest = fc.nat({ max: 400 }).map((wanted): Step => {
  return (log, model) => {
    const stable = log.lastStableOffset;
    log.deleteOldest((size) => size > wanted);
    assert.ok(log.startOffset <= stable, 'what is undecided stays');
    assert.ok(log.size <= wanted || log.batches[0] === undefined || log.batches[0].lastOffset >= stable);
    model.start = log.startOffset;
    model.records = model.records.filter(({ offset }) => offset >= model.start);
  };
});

const compact: fc.Arbitrary<Step> = fc.constantFrom(0, 100).map((deleteRetentionMs) => (log, model) => {
  const stable = model.stable;
  const visible = model.records.filter(({ fate, offset }) => fate === 'visible' && offset < stable);
  const latest = new Map(visible.map((record) => [record.key, record.offset]));
  log.compact(recordBatchContent, { now: 2_000, minLagMs: 0, deleteRetentionMs });
  const left = new Set(decoded(log).map(({ offset }) => offset));
  for (const record of model.records) {
    const isLatest = latest.get(record.key) === record.offset && record.fate === 'visible';
    if (record.offset < stable && deleteRetentionMs === 0) record.horizonPassed = true;
    const mayGo = record.value === null && record.horizonPassed;
    const mustStay = record.offset >= stable || (isLatest && !mayGo);
    if (mustStay) assert.ok(left.has(record.offset), `the record at ${record.offset} is gone`);
  }
  model.records = model.records.filter(({ offset }) => left.has(offset));
});

function decoded(log: PartitionLog<RecordBatch>) {
  return log.batches.flatMap(({ batch, baseOffset }) =>
    batch.records().map((record) => ({
      offset: baseOffset + BigInt(record.offsetDelta),
      key: String(record.key),
      value: record.value && String(record.value),
    })),
  );
}

function check(log: PartitionLog<RecordBatch>, model: Model): void {
  assert.equal(log.startOffset, model.start);
  assert.equal(log.endOffset, model.end);
  assert.equal(log.lastStableOffset, model.stable);
  assert.equal(
    log.size,
    log.batches.reduce((sum, { batch }) => sum + batch.size, 0),
  );
  const found = decoded(log).filter(({ offset }) => offset >= model.start);
  assert.deepEqual(
    found,
    model.records.map(({ offset, key: recordKey, value: recordValue }) => ({
      offset,
      key: recordKey,
      value: recordValue,
    })),
  );
  for (let from = model.start; from <= model.end; from++) {
    const read = log.read(from, model.end, 1, true);
    const next = log.batches.find(({ lastOffset }) => lastOffset >= from);
    assert.deepEqual(read, next ? [next] : [], `a read from ${from}`);
  }
}

test('whatever is appended, decided, deleted and compacted, the log holds what a plain list would', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: append },
    { weight: 3, arbitrary: endTransaction },
    { weight: 1, arbitrary: deleteBefore },
    { weight: 1, arbitrary: deleteOldest },
    { weight: 1, arbitrary: compact },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const log = new PartitionLog<RecordBatch>();
      const model = new Model();
      for (const take of steps) {
        take(log, model);
        check(log, model);
      }
    }),
    { numRuns: 300 },
  );
});
