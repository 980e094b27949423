// @ts-check
// Requests to Kafka that kafkajs does not know, each on a connection of its own. Plain JavaScript that loads nothing, for
// the reaper runs it, too.
const net = require('node:net');

/** FindCoordinatorRequest.json of Apache Kafka, in the version that all brokers know. */
const findCoordinator = { key: 10, version: 0 };
const limitMs = 3_000;
const largestAnswer = 16 * 1024 * 1024;

/** @typedef {{ host: string, port: number }} Address */
/** @typedef {{ key: number, version: number, isFlexible?: boolean }} Api a flexible one has headers with tagged fields (KIP-482) */

/**
 * The broker that knows a consumer group.
 * @param {readonly string[]} brokers `host:port` of one or more brokers
 * @param {string} group
 * @returns {Promise<Address>}
 * @throws when no broker answers, or none knows it
 */
async function coordinatorOf(brokers, group) {
  const answers = brokers.map((broker) => ask(addressOf(broker), findCoordinator, string(group)));
  const answer = await Promise.any(answers);
  const error = answer.readInt16BE(0);
  if (error !== 0) throw new Error(`the coordinator of ${group} is not known (error ${error})`);
  const length = answer.readInt16BE(6);
  return { host: answer.toString('utf8', 8, 8 + length), port: answer.readInt32BE(8 + length) };
}

/** @param {string} broker @returns {Address} */
function addressOf(broker) {
  const colon = broker.lastIndexOf(':');
  return { host: broker.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(broker.slice(colon + 1)) };
}

/**
 * One request. @param {Address} address @param {Api} api @param {Buffer} body
 * @returns {Promise<Buffer>} the body of the answer
 * @throws when the broker does not answer, also because it does not know the request
 */
function ask(address, api, body) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    /** @type {Buffer[]} */
    const chunks = [];
    let [have, want] = [0, Number.POSITIVE_INFINITY];
    const fail = (/** @type {Error} */ error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(limitMs, () => fail(new Error(`${address.host}:${address.port} does not answer`)));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error(`${address.host}:${address.port} ended the connection`)));
    socket.on('data', (bytes) => {
      chunks.push(bytes);
      have += bytes.length;
      if (want === Number.POSITIVE_INFINITY && have >= 4) want = 4 + Buffer.concat(chunks).readInt32BE(0);
      if (want < 8 || have > largestAnswer) fail(new Error('that is no answer of a Kafka broker'));
      if (have < want) return;
      const start = api.isFlexible ? 9 : 8; // after length, correlation id, and no tagged fields
      resolve(Buffer.concat(chunks).subarray(start, want));
      socket.destroy();
    });
    socket.write(frame(api, body));
  });
}

/** @param {Api} api @param {Buffer} body */
function frame({ key, version, isFlexible = false }, body) {
  const header = Buffer.alloc(isFlexible ? 11 : 10);
  header.writeInt16BE(key, 0);
  header.writeInt16BE(version, 2);
  header.writeInt32BE(1, 4); // correlation id
  header.writeInt16BE(-1, 8); // no client id
  const length = Buffer.alloc(4);
  length.writeInt32BE(header.length + body.length);
  return Buffer.concat([length, header, body]);
}

/** @param {string} text */
function string(text) {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

module.exports = { ask, coordinatorOf, string };
