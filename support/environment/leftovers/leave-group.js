// @ts-check
// Takes members out of consumer groups on behalf of clients that have died: kafkajs's admin client cannot, and Kafka deletes
// no group that has members, which those of a killed process stay until their session is over. Plain JavaScript, as all that
// the reaper runs.
const net = require('node:net');

/** FindCoordinatorRequest.json and LeaveGroupRequest.json of Apache Kafka, in the versions that all brokers know. */
const findCoordinator = { key: 10, version: 0 };
const leaveGroupApi = { key: 13, version: 0 };
const headerBytes = 10;
const limitMs = 3_000;
const largestAnswer = 64 * 1024;

/** @typedef {{ host: string, port: number }} Address */

/**
 * Takes one member out of its group.
 * @param {readonly string[]} brokers `host:port` of one or more brokers
 * @param {string} group
 * @param {string} member as DescribeGroups names it
 * @throws when no broker answers; not when the group or the member is gone already
 */
async function leaveGroup(brokers, group, member) {
  await ask(await coordinatorOf(brokers, group), leaveGroupApi, [group, member]);
}

/**
 * @param {readonly string[]} brokers @param {string} group
 * @returns {Promise<Address>}
 */
async function coordinatorOf(brokers, group) {
  const answers = brokers.map((broker) => ask(addressOf(broker), findCoordinator, [group]));
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
 * One request on a connection of its own.
 * @param {Address} address @param {{ key: number, version: number }} api @param {readonly string[]} texts the whole body
 * @returns {Promise<Buffer>} the body of the answer
 */
function ask(address, api, texts) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address);
    let received = Buffer.alloc(0);
    const fail = (/** @type {Error} */ error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(limitMs, () => fail(new Error(`${address.host}:${address.port} does not answer`)));
    socket.on('error', fail);
    socket.on('close', () => fail(new Error(`${address.host}:${address.port} ended the connection`)));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      const end = received.length < 4 ? Number.POSITIVE_INFINITY : 4 + received.readInt32BE(0);
      if (end < 8 || received.length > largestAnswer) fail(new Error('that is no answer of a Kafka broker'));
      if (received.length < end) return;
      resolve(received.subarray(8, end)); // after length and correlation id
      socket.destroy();
    });
    socket.write(frame(api, texts));
  });
}

/** @param {{ key: number, version: number }} api @param {readonly string[]} texts */
function frame({ key, version }, texts) {
  const header = Buffer.alloc(headerBytes);
  header.writeInt16BE(key, 0);
  header.writeInt16BE(version, 2);
  header.writeInt32BE(1, 4); // correlation id
  header.writeInt16BE(-1, 8); // no client id
  const body = Buffer.concat([header, ...texts.map(string)]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** @param {string} text */
function string(text) {
  const bytes = Buffer.from(text, 'utf8');
  const length = Buffer.alloc(2);
  length.writeInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

module.exports = { leaveGroup };
