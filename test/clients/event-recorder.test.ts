import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EventRecorder } from '../../support/clients';

interface Plan {
  readonly topic?: string;
  readonly partition?: number;
  readonly value?: string | null;
}

/** Records events whose offsets count up in each partition. */
class Recording {
  readonly recorder: EventRecorder;
  private readonly next = new Map<string, bigint>();

  constructor(memory = 1_000_000, topicPrefix = '') {
    this.recorder = new EventRecorder({ topicPrefix, memory });
  }

  add({ topic = 'audit', partition = 0, value = 'x' }: Plan = {}): void {
    const place = `${topic}/${partition}`;
    const offset = this.next.get(place) ?? 0n;
    this.next.set(place, offset + 1n);
    const payload = value === null ? null : Buffer.from(value);
    this.recorder.record({ topic, partition, offset, timestamp: 0, key: null, value: payload, headers: [] });
  }

  /** A scenario begins now. */
  begin(): void {
    this.recorder.bookmark(this.next);
  }

  values(topic?: string): unknown[] {
    return this.recorder.since(topic).map(({ value }) => value);
  }
}

describe('the recorder of events', () => {
  test('lets go the oldest events of all topics when more came than its memory holds, and counts them by topic', () => {
    const recording = new Recording(3_000);
    for (const value of ['a', 'b']) recording.add({ topic: 'first', value });
    for (let n = 0; n < 5; n++) recording.add({ topic: 'second', value: String(n) });
    assert.deepEqual(recording.values('first'), []);
    assert.deepEqual(recording.values('second'), [0, 1, 2, 3, 4]);
    assert.deepEqual([...recording.recorder.letGo], [['first', 2]]);
    recording.add({ topic: 'second', value: '5' });
    assert.deepEqual(recording.values(), [1, 2, 3, 4, 5]);
    assert.deepEqual(
      [...recording.recorder.letGo],
      [
        ['first', 2],
        ['second', 1],
      ],
    );
  });

  test('keeps the newest event, however large it is', () => {
    const recording = new Recording(1_000);
    recording.add({ value: 'small' });
    recording.add({ value: 'x'.repeat(100_000) });
    assert.deepEqual(recording.values(), ['x'.repeat(100_000)]);
    assert.deepEqual([...recording.recorder.letGo], [['audit', 1]]);
  });

  test('stays in bounds and in order over many more events than it holds', () => {
    const recording = new Recording(1_000_000);
    for (let n = 0; n < 20_000; n++) recording.add({ topic: n % 3 === 0 ? 'a' : 'b', value: String(n) });
    const kept = recording.values() as number[];
    const [letGo] = [[...recording.recorder.letGo.values()].reduce((sum, count) => sum + count, 0)];
    assert.equal(kept.length + letGo, 20_000);
    assert.ok(kept.length > 1_500 && kept.length < 2_500, String(kept.length));
    assert.deepEqual(
      kept,
      Array.from({ length: kept.length }, (_, at) => letGo + at),
    );
    assert.deepEqual(
      recording.values('a'),
      kept.filter((n) => n % 3 === 0),
    );
  });

  test('says of a new scenario nothing of what was let go in the one before', () => {
    const recording = new Recording(1_000);
    for (let n = 0; n < 5; n++) recording.add();
    assert.equal(recording.recorder.letGo.size, 1);
    recording.begin();
    assert.equal(recording.recorder.letGo.size, 0);
    assert.deepEqual(recording.values(), []);
  });

  test('keeps some events of earlier scenarios, to explain, and takes a late one for one of them', () => {
    const recording = new Recording();
    for (let n = 0; n < 1_500; n++) recording.add({ value: String(n) });
    recording.recorder.bookmark(new Map([['audit/0', 1_501n]]));
    recording.add({ value: '1500' });
    recording.add({ value: '1501' });
    assert.deepEqual(recording.values('audit'), [1501]);
    const earlier = recording.recorder.earlier('audit').map(({ value }) => value);
    assert.equal(earlier.at(-1), 1500);
    assert.ok(earlier.length <= 1_000 && earlier.length > 50, String(earlier.length));
    assert.equal(recording.recorder.hasSeen({ topic: 'audit', partition: 0, offset: 1_501n }), true);
    assert.equal(recording.recorder.hasSeen({ topic: 'audit', partition: 0, offset: 1_502n }), false);
  });

  test('has all values of a header that comes more than once, and bytes that are no text in hexadecimal digits', () => {
    const { recorder } = new Recording(1_000_000, 'brine_');
    const header = (key: string, value: string | null) => ({
      key,
      value: value === null ? null : Buffer.from(value),
    });
    recorder.record({
      topic: 'brine_audit',
      partition: 0,
      offset: 0n,
      timestamp: 0,
      key: Buffer.from([0xff]),
      value: Buffer.from([0, 0xff]),
      headers: [header('tag', 'a'), header('trace', ''), header('tag', 'b'), header('none', null)],
    });
    const [event] = recorder.since('audit');
    assert.equal(event?.key, '0xff');
    assert.equal(event?.value, '0x00ff');
    assert.deepEqual(event?.payload, Buffer.from([0, 0xff]));
    assert.deepEqual(event?.headers, { tag: ['a', 'b'], trace: '', none: null });
  });
});
