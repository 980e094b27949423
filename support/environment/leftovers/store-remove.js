// @ts-check
// usage: node store-remove.js < '[{"kind":"databases","url":"postgres://...","prefix":"brine_<run>_"}, ...]'
// Removes what a run has made on servers that others use: databases, topics, consumer groups and subjects of schemas, known by
// the run's identifier in their names. A process of its own, as whoever must remove something in its last moments cannot wait for
// answers; it gets its work on standard input, for addresses have passwords in them. Says on standard output what could
// not be removed, a line each.

/** @typedef {{ kind: 'databases', url: string, prefix: string }} Databases */
/** @typedef {{ kind: 'subjects', url: string, prefix: string }} Subjects */
/** @typedef {{ kind: 'topics', brokers: readonly string[], prefix: string }} Topics */

const { leaveGroup, leaveNewGroup } = require('./leave-group.js');

const connectLimitMs = 3_000;
const limitMs = 10_000;
const creationLimitMs = 3_000;
const creationPauseMs = 20;

/**
 * Drops the databases whose names begin with the prefix, also those that are just being made.
 * @param {string} url of the server, as a role that may drop them
 * @param {string} prefix
 */
async function dropDatabases(url, prefix) {
  const { Client, escapeIdentifier } = require('pg');
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: limitMs,
    application_name: 'brine end',
  });
  client.on('error', () => {}); // the query tells
  await client.connect();
  try {
    await endCreations(client, prefix);
    const { rows } = await client.query(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [prefix],
    );
    for (const { name } of rows) {
      await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
    }
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * The server goes on making a database when the client that wanted it has gone.
 * @param {import('pg').Client} client @param {string} prefix
 */
async function endCreations(client, prefix) {
  const others = `FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state <> 'idle' AND starts_with(query, $1)`;
  const statement = [`CREATE DATABASE "${prefix}`];
  for (let waited = 0; waited < creationLimitMs; waited += creationPauseMs) {
    const { rowCount } = await client.query(`SELECT pg_terminate_backend(pid) ${others}`, statement);
    if (rowCount === 0) return;
    await new Promise((done) => setTimeout(done, creationPauseMs));
  }
}

/**
 * Removes the topics and consumer groups whose names begin with the prefix.
 * @param {readonly string[]} brokers `host:port` of one or more brokers @param {string} prefix
 */
async function removeTopics(brokers, prefix) {
  const { Kafka, logLevel } = require('kafkajs');
  const admin = new Kafka({
    clientId: 'brine',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: connectLimitMs,
    retry: { initialRetryTime: 50, retries: 3 },
  }).admin();
  await admin.connect();
  try {
    return await removeRun(admin, brokers, prefix);
  } finally {
    await admin.disconnect();
  }
}

/**
 * As {@link removeTopics}. The topic that marks the run as alive goes last: as long as anything is left, the sweep of a later
 * run knows whose it is.
 * @param {import('kafkajs').Admin} admin @param {readonly string[]} brokers @param {string} prefix
 * @returns {Promise<string[]>} the groups that must stay, for Kafka deletes none that has members, and these have come back
 */
async function removeRun(admin, brokers, prefix) {
  const found = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
  const markers = found.filter((topic) => topic.startsWith(`${prefix}alive-`));
  const topics = found.filter((topic) => !markers.includes(topic));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  const kept = await removeGroups(admin, brokers, prefix);
  if (kept.length === 0 && markers.length > 0) await admin.deleteTopics({ topics: markers });
  return kept;
}

/**
 * The members are those of processes that have ended, some of them without a word: they are taken out of their groups, as
 * their sessions may last for long.
 * @param {import('kafkajs').Admin} admin @param {readonly string[]} brokers @param {string} prefix
 */
async function removeGroups(admin, brokers, prefix) {
  const listed = await admin.listGroups();
  const ours = listed.groups.map(({ groupId }) => groupId).filter((group) => group.startsWith(prefix));
  if (ours.length === 0) return [];
  const { groups } = await admin.describeGroups(ours);
  const left = groups.flatMap(({ groupId, state, members }) =>
    state === 'Dead'
      ? [leaveNewGroup(brokers, groupId)]
      : members.map(({ memberId }) => leaveGroup(brokers, groupId, memberId)),
  );
  await Promise.all(left);
  try {
    await admin.deleteGroups(ours);
    return [];
  } catch (error) {
    const kept = /** @type {{ groups?: { groupId: string }[] }} */ (error).groups;
    if (kept === undefined) throw error;
    return kept.map(({ groupId }) => groupId);
  }
}

/**
 * Removes the subjects of a schema registry whose names begin with the prefix, for good.
 * @param {string} url may hold a name and a password @param {string} prefix
 */
async function removeSubjects(url, prefix) {
  const { username, password, origin, pathname } = new URL(url);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  /** @type {Record<string, string>} */
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  /** @param {string} method @param {string} path */
  const ask = async (method, path) => {
    const signal = AbortSignal.timeout(connectLimitMs);
    const options = { method, signal, headers: username === '' ? {} : headers };
    const response = await fetch(`${origin}${pathname.replace(/\/$/, '')}${path}`, options);
    return response.ok ? response.json() : [];
  };
  const subjects = /** @type {string[]} */ (await ask('GET', '/subjects'));
  for (const subject of subjects.filter((name) => name.startsWith(prefix))) {
    const path = `/subjects/${encodeURIComponent(subject)}`;
    await ask('DELETE', path);
    await ask('DELETE', `${path}?permanent=true`);
  }
}

/** @param {Databases | Topics | Subjects} leftover */
async function remove(leftover) {
  const { prefix } = leftover;
  try {
    if (leftover.kind === 'databases') await dropDatabases(leftover.url, prefix);
    else if (leftover.kind === 'subjects') await removeSubjects(leftover.url, prefix);
    else await removeTopics(leftover.brokers, prefix);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${leftover.kind} ${prefix}*: ${reason}\n`);
  }
}

if (require.main === module) {
  const { readFileSync } = require('node:fs');
  const end = setTimeout(() => {
    process.stdout.write(`removing databases and topics took longer than ${limitMs / 1000} s\n`);
    process.exit(1);
  }, limitMs);
  Promise.all(JSON.parse(readFileSync(0, 'utf8')).map(remove)).finally(() => clearTimeout(end));
}

module.exports = { dropDatabases, removeRun, removeTopics };
