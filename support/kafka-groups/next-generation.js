// @ts-check
// Consumer groups of the protocol of KIP-848 (`group.protocol=consumer`): the requests for the other ones describe them as
// dead, and cannot take members out. Plain JavaScript, for the reaper runs it, too.
const { ask, coordinatorOf } = require('./request.js');

/** ConsumerGroupHeartbeatRequest.json and ConsumerGroupDescribeRequest.json of Apache Kafka. */
const heartbeat = { key: 68, version: 0, isFlexible: true };
const describe = { key: 69, version: 0, isFlexible: true };
/** The epoch of a member that leaves. */
const leaving = -1;

/**
 * @typedef {{ memberId: string, topics: string[] }} Member topics: those of which it has, or wants, partitions
 * @typedef {{ groupId: string, state: string, members: Member[] }} Group
 */

/**
 * A group as its members see it.
 * @param {readonly string[]} brokers `host:port` of one or more brokers
 * @param {string} groupId
 * @returns {Promise<Group | undefined>} undefined when there is no such group of this protocol
 * @throws when no broker answers, as those do that do not know this protocol
 */
async function describeNextGeneration(brokers, groupId) {
  const body = Buffer.concat([count(1), text(groupId), Buffer.from([0, 0])]);
  const reader = new Reader(await ask(await coordinatorOf(brokers, groupId), describe, body));
  reader.int32(); // throttle time
  const [group] = reader.array(() => readGroup(reader));
  return group?.error === 0 ? group : undefined;
}

/** @param {Reader} reader @returns {Group & { error: number }} */
function readGroup(reader) {
  const error = reader.int16();
  reader.text(); // the error in words
  const groupId = reader.text();
  const state = reader.text();
  reader.skip(8); // epochs of group and assignment
  reader.text(); // assignor
  const members = reader.array(() => readMember(reader));
  reader.int32(); // authorized operations
  reader.tags();
  return { error, groupId, state, members };
}

/** @param {Reader} reader @returns {Member} */
function readMember(reader) {
  const memberId = reader.text();
  reader.text(); // instance
  reader.text(); // rack
  reader.int32(); // epoch
  reader.text(); // client
  reader.text(); // host
  const subscribed = reader.array(() => reader.text());
  reader.text(); // as a regular expression
  const topics = [...subscribed, ...readAssignment(reader), ...readAssignment(reader)];
  reader.tags();
  return { memberId, topics: [...new Set(topics)] };
}

/** @param {Reader} reader @returns {string[]} */
function readAssignment(reader) {
  const topics = reader.array(() => {
    reader.skip(16); // the topic's identifier
    const topic = reader.text();
    reader.array(() => reader.int32());
    reader.tags();
    return topic;
  });
  reader.tags();
  return topics;
}

/**
 * Takes a member out of its group in its name.
 * @param {readonly string[]} brokers @param {string} groupId @param {string} memberId
 * @throws when no broker answers; not when it is gone already
 */
async function leaveNextGeneration(brokers, groupId, memberId) {
  const epoch = Buffer.alloc(4);
  epoch.writeInt32BE(leaving);
  const unchanged = Buffer.from([0, 0, 255, 255, 255, 255, 0, 0, 0, 0]); // instance, rack, time-out, topics, assignor, partitions; tags
  await ask(
    await coordinatorOf(brokers, groupId),
    heartbeat,
    Buffer.concat([text(groupId), text(memberId), epoch, unchanged]),
  );
}

/** The length of what follows, as compact types have it: one more, for 0 is null. @param {number} length */
function count(length) {
  const bytes = [];
  let rest = length + 1;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** @param {string} value */
function text(value) {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([count(bytes.length), bytes]);
}

/** Reads compact types (KIP-482), one after the other. */
class Reader {
  #at = 0;

  /** @param {Buffer} bytes */
  constructor(bytes) {
    this.bytes = bytes;
  }

  /** @param {number} length */
  skip(length) {
    this.#at += length;
  }

  int16() {
    this.#at += 2;
    return this.bytes.readInt16BE(this.#at - 2);
  }

  int32() {
    this.#at += 4;
    return this.bytes.readInt32BE(this.#at - 4);
  }

  #varint() {
    for (let [value, shift] = [0, 0]; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.#at++);
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  /** '' for null, too. */
  text() {
    const length = Math.max(this.#varint() - 1, 0);
    this.#at += length;
    return this.bytes.toString('utf8', this.#at - length, this.#at);
  }

  /** @template T @param {() => T} element @returns {T[]} */
  array(element) {
    return Array.from({ length: Math.max(this.#varint() - 1, 0) }, element);
  }

  tags() {
    for (let left = this.#varint(); left > 0; left--) {
      this.#varint();
      this.skip(this.#varint());
    }
  }
}

module.exports = { describeNextGeneration, leaveNextGeneration };
