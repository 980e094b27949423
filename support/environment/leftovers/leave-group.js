// @ts-check
// Takes members out of consumer groups on behalf of clients that have died: kafkajs's admin client cannot, and Kafka deletes
// no group that has members, which those of a killed process stay until their session is over. Plain JavaScript, as all that
// the reaper runs.
const { describeNextGeneration, leaveNextGeneration } = require('../../kafka-groups/next-generation.js');
const { ask, coordinatorOf, string } = require('../../kafka-groups/request.js');

/** LeaveGroupRequest.json of Apache Kafka, in the version that all brokers know. */
const leaveGroupApi = { key: 13, version: 0 };

/**
 * Takes one member out of its group.
 * @param {readonly string[]} brokers `host:port` of one or more brokers
 * @param {string} group
 * @param {string} member as DescribeGroups names it
 * @throws when no broker answers; not when the group or the member is gone already
 */
async function leaveGroup(brokers, group, member) {
  const body = Buffer.concat([string(group), string(member)]);
  await ask(await coordinatorOf(brokers, group), leaveGroupApi, body);
}

/**
 * Takes all members out of a group that DescribeGroups says is dead: it may be one of the protocol of KIP-848.
 * @param {readonly string[]} brokers @param {string} groupId
 */
async function leaveNewGroup(brokers, groupId) {
  const group = await describeNextGeneration(brokers, groupId).catch(() => undefined); // the broker knows no such groups
  const members = group?.members ?? [];
  await Promise.all(members.map(({ memberId }) => leaveNextGeneration(brokers, groupId, memberId)));
}

module.exports = { leaveGroup, leaveNewGroup };
