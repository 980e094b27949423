import type { Admin, Kafka } from 'kafkajs';
import { messageOf } from '../../errors';
import { bounded, formatDuration } from '../../time';
import { deadAfterMs, giveSignsOfLife, hasEnded, thisOwner } from '../leftovers/owner';
import { removeRun } from '../leftovers/store-remove.js';
import type { RunContext } from '../provider';
import { fingerprint, markersIn, markerTopic, type RunMarker } from './run-marker';

const limitMs = 10_000;

/**
 * The run's part in a cluster that outlives it: what killed runs have left is removed, and a topic marks what is this run's
 * own. Disposing removes what is left of the run, its marker last.
 * @param brokers `host:port` of one or more brokers
 * @throws Error with the cluster's reason when the marker cannot be made
 */
export async function shareCluster(
  brokers: readonly string[],
  testPrefix: string,
  { runId, report, ledger }: Pick<RunContext, 'runId' | 'report' | 'ledger'>,
): Promise<AsyncDisposable> {
  ledger.topics(brokers, `${testPrefix}${runId}_`); // before the first of them: the run may be interrupted in the start
  const kafka = await clientOf(brokers);
  const topic = markerTopic(testPrefix, runId, thisOwner());
  await withAdmin(kafka, `marking ${testPrefix}${runId}_`, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  });
  await tellThatItIsAlive(kafka, topic);
  await sweepClusterWith(kafka, brokers, testPrefix, report, Date.now);
  const signs = giveSignsOfLife(() => tellThatItIsAlive(kafka, topic));
  return {
    [Symbol.asyncDispose]: async () => {
      signs[Symbol.dispose]();
      const own = `${testPrefix}${runId}_`;
      await withAdmin(kafka, `removing ${own}...`, async (admin) => {
        const kept = await removeRun(admin, brokers, own);
        if (kept.length > 0) report(`topics ${own}... are removed${explained(kept)}`);
      });
    },
  };
}

/**
 * Removes the topics and groups of runs that are dead for certain: their process was one of this machine and has ended, or they
 * have given no sign of life for an hour. Never rejects: what fails is reported, and tried by the next run.
 * @param now milliseconds since 1970
 */
export async function sweepCluster(
  brokers: readonly string[],
  testPrefix: string,
  report: (line: string) => void,
  now: () => number = Date.now,
): Promise<void> {
  await sweepClusterWith(await clientOf(brokers), brokers, testPrefix, report, now);
}

async function sweepClusterWith(
  kafka: Kafka,
  brokers: readonly string[],
  testPrefix: string,
  report: (line: string) => void,
  now: () => number,
): Promise<void> {
  const sweep = async (admin: Admin) => {
    for (const marker of markersIn(await admin.listTopics(), testPrefix)) {
      if (!(await isDead(admin, marker, now))) continue;
      const own = `${testPrefix}${marker.run}_`;
      const kept = await removeRun(admin, brokers, own);
      report(`topics and groups ${own}..., left by a run that was killed, are removed${explained(kept)}`);
    }
  };
  try {
    await withAdmin(kafka, 'removing what killed runs have left', sweep);
  } catch (error) {
    report(`kafka: not all that killed runs have left is removed: ${messageOf(error)}`);
  }
}

async function isDead(admin: Admin, { topic, owner }: RunMarker, now: () => number): Promise<boolean> {
  return hasEnded(owner, fingerprint) ?? isSilent(admin, topic, now() - deadAfterMs);
}

/** Without any sign its run has only just begun. */
async function isSilent(admin: Admin, topic: string, since: number): Promise<boolean> {
  const [all] = await admin.fetchTopicOffsets(topic);
  const [recent] = await admin.fetchTopicOffsetsByTimestamp(topic, since);
  const end = BigInt(all?.high ?? 0);
  return end > 0n && BigInt(recent?.offset ?? 0) >= end;
}

function explained(kept: readonly string[]): string {
  if (kept.length === 0) return '';
  return `, but for ${kept.join(', ')}: somebody has joined it again, and a later run removes it`;
}

async function tellThatItIsAlive(kafka: Kafka, topic: string): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const tell = async () => {
    await producer.connect();
    await producer.send({ topic, messages: [{ value: null, key: 'alive' }] });
  };
  try {
    await within(tell(), `writing to ${topic}`);
  } finally {
    await within(producer.disconnect(), 'disconnecting').catch(() => {});
  }
}

async function withAdmin(kafka: Kafka, what: string, action: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = kafka.admin();
  try {
    await within(
      admin.connect().then(() => action(admin)),
      what,
    );
  } finally {
    await within(admin.disconnect(), 'disconnecting').catch(() => {});
  }
}

function within<T>(promise: Promise<T>, what: string): Promise<T> {
  return bounded(promise, limitMs, () => new Error(`${what} took longer than ${formatDuration(limitMs)}`));
}

async function clientOf(brokers: readonly string[]): Promise<Kafka> {
  const { Kafka, logLevel } = await import('kafkajs');
  return new Kafka({ clientId: 'brine', brokers: [...brokers], logLevel: logLevel.NOTHING });
}
