import { connect } from 'node:net';
import { bounded, formatDuration } from '../../time';

/** A Kafka cluster as its metadata describes it. */
export interface ClusterDescription {
  /** The addresses that the brokers advertise, `host:port`: clients must reach these, not only the given ones. */
  readonly advertised: readonly string[];
  readonly clusterId: string;
}

/**
 * Asks a Kafka cluster who it is.
 * @param brokers `host:port` of one or more brokers
 * @throws Error with the reason: refused, no answer in time
 */
export async function describeCluster(
  brokers: readonly string[],
  limitMs: number,
): Promise<ClusterDescription> {
  const { Kafka, logLevel } = await import('kafkajs');
  const admin = new Kafka({
    clientId: 'brine',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: limitMs,
    requestTimeout: limitMs,
    retry: { retries: 0 },
  }).admin();
  const ask = async (): Promise<ClusterDescription> => {
    await admin.connect();
    const description = await admin.describeCluster();
    const advertised = description.brokers.map(({ host, port }) => `${host}:${port}`);
    return { advertised, clusterId: description.clusterId };
  };
  try {
    return await bounded(ask(), limitMs, () => new Error(`no answer within ${formatDuration(limitMs)}`));
  } finally {
    await bounded(admin.disconnect(), limitMs, () => new Error('did not disconnect')).catch(() => {});
  }
}

/**
 * Opens and closes a connection.
 * @throws Error with the reason why nobody can be reached at the address
 */
export async function reach(address: string, limitMs: number): Promise<void> {
  const colon = address.lastIndexOf(':');
  const socket = connect({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.on('error', reject);
  });
  try {
    await bounded(connected, limitMs, () => new Error(`no connection within ${formatDuration(limitMs)}`));
  } finally {
    socket.destroy();
  }
}
