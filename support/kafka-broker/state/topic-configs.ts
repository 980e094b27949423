import {
  type ConfigDefinition,
  type ConfigType,
  listOf,
  oneOf,
  problemWith,
  range,
} from './config-definition';

/** A setting of topics, and the setting of the broker that gives its default. */
export interface TopicConfigDefinition extends ConfigDefinition {
  readonly brokerName?: string;
}

interface Details extends Pick<ConfigDefinition, 'complaint' | 'shown'> {
  readonly brokerName?: string;
}

const longest = '9223372036854775807';
const codecs = ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'];

/**
 * Every setting of topics that Kafka 4.1 has (LogConfig), with its type, default and rules. Those marked "acts" have
 * an effect here; the others are kept, checked and described only, since there are neither files nor followers.
 */
const definitions: readonly TopicConfigDefinition[] = [
  topic('cleanup.policy', 'list', 'delete', 'How old records go: deleted, compacted by key, or both. Acts.', {
    brokerName: 'log.cleanup.policy',
    complaint: oneOf('compact', 'delete'),
  }),
  topic('compression.gzip.level', 'int', '-1', 'The level when the broker compresses with gzip. Acts.', {
    brokerName: 'compression.gzip.level',
    complaint: levelOfGzip,
  }),
  topic('compression.lz4.level', 'int', '9', 'The level when the broker compresses with lz4.', {
    brokerName: 'compression.lz4.level',
    complaint: range(1, 17),
  }),
  topic('compression.type', 'string', 'producer', 'The compression in which batches are kept. Acts.', {
    brokerName: 'compression.type',
    complaint: oneOf(...codecs),
  }),
  topic('compression.zstd.level', 'int', '3', 'The level when the broker compresses with zstd. Acts.', {
    brokerName: 'compression.zstd.level',
    complaint: range(-131072, 22),
  }),
  topic('delete.retention.ms', 'long', '86400000', 'How long compaction keeps tombstones. Acts.', {
    brokerName: 'log.cleaner.delete.retention.ms',
    complaint: range(0),
  }),
  topic('file.delete.delay.ms', 'long', '60000', 'How long files stay after their records were deleted.', {
    brokerName: 'log.segment.delete.delay.ms',
    complaint: range(0),
  }),
  topic('flush.messages', 'long', longest, 'After how many records the disk is synchronized.', {
    brokerName: 'log.flush.interval.messages',
    complaint: range(1),
  }),
  topic('flush.ms', 'long', longest, 'After what time the disk is synchronized.', {
    brokerName: 'log.flush.interval.ms',
    complaint: range(0),
  }),
  topic('follower.replication.throttled.replicas', 'list', '', 'Replicas whose followers are throttled.', {
    ...throttledReplicas('follower.replication.throttled.replicas'),
  }),
  topic('index.interval.bytes', 'int', '4096', 'How many bytes lie between two entries of the index.', {
    brokerName: 'log.index.interval.bytes',
    complaint: range(0),
  }),
  topic('leader.replication.throttled.replicas', 'list', '', 'Replicas whose leaders are throttled.', {
    ...throttledReplicas('leader.replication.throttled.replicas'),
  }),
  topic('local.retention.bytes', 'long', '-2', 'retention.bytes of the local part of a tiered log.', {
    brokerName: 'log.local.retention.bytes',
    complaint: range(-2),
  }),
  topic('local.retention.ms', 'long', '-2', 'retention.ms of the local part of a tiered log.', {
    brokerName: 'log.local.retention.ms',
    complaint: range(-2),
  }),
  topic('max.compaction.lag.ms', 'long', longest, 'After what time compaction is due in any case. Acts.', {
    brokerName: 'log.cleaner.max.compaction.lag.ms',
    complaint: range(1),
  }),
  topic('max.message.bytes', 'int', '1048588', 'The largest batch accepted, as compressed. Acts.', {
    brokerName: 'message.max.bytes',
    complaint: range(0),
  }),
  topic('message.timestamp.after.max.ms', 'long', '3600000', 'How far ahead a time stamp may be. Acts.', {
    brokerName: 'log.message.timestamp.after.max.ms',
    complaint: range(0),
  }),
  topic('message.timestamp.before.max.ms', 'long', longest, 'How far back a time stamp may be. Acts.', {
    brokerName: 'log.message.timestamp.before.max.ms',
    complaint: range(0),
  }),
  topic('message.timestamp.type', 'string', 'CreateTime', "The producer's time or the broker's. Acts.", {
    brokerName: 'log.message.timestamp.type',
    complaint: oneOf('CreateTime', 'LogAppendTime'),
  }),
  topic(
    'min.cleanable.dirty.ratio',
    'double',
    '0.5',
    'The share of new bytes that calls for compaction. Acts.',
    {
      brokerName: 'log.cleaner.min.cleanable.ratio',
      complaint: range(0, 1),
      shown: (value) => (Number.isInteger(Number(value)) ? Number(value).toFixed(1) : String(Number(value))),
    },
  ),
  topic('min.compaction.lag.ms', 'long', '0', 'How long compaction leaves a record alone. Acts.', {
    brokerName: 'log.cleaner.min.compaction.lag.ms',
    complaint: range(0),
  }),
  topic(
    'min.insync.replicas',
    'int',
    '1',
    'How many replicas must be there for a write with acks -1. Acts.',
    {
      brokerName: 'min.insync.replicas',
      complaint: range(1),
    },
  ),
  topic('preallocate', 'boolean', 'false', 'Whether files are made in their full size.', {
    brokerName: 'log.preallocate',
  }),
  topic('remote.log.copy.disable', 'boolean', 'false', 'Whether a tiered log is read only.'),
  topic('remote.log.delete.on.disable', 'boolean', 'false', 'Whether the remote part goes with tiering.'),
  topic('remote.storage.enable', 'boolean', 'false', 'Whether the log is tiered.'),
  topic('retention.bytes', 'long', '-1', 'The size beyond which the oldest records go; -1: any. Acts.', {
    brokerName: 'log.retention.bytes',
  }),
  topic('retention.ms', 'long', '604800000', 'The age beyond which records go; -1: any. Acts.', {
    brokerName: 'log.retention.ms',
    complaint: range(-1),
  }),
  topic('segment.bytes', 'int', '1073741824', 'The size of a file of the log.', {
    brokerName: 'log.segment.bytes',
    complaint: range(1_048_576),
  }),
  topic('segment.index.bytes', 'int', '10485760', 'The size of the index of a file.', {
    brokerName: 'log.index.size.max.bytes',
    complaint: range(4),
  }),
  topic('segment.jitter.ms', 'long', '0', 'How much sooner than segment.ms a file may be closed.', {
    brokerName: 'log.roll.jitter.ms',
    complaint: range(0),
  }),
  topic('segment.ms', 'long', '604800000', 'After what time a file of the log is closed.', {
    brokerName: 'log.roll.ms',
    complaint: range(1),
  }),
  topic('unclean.leader.election.enable', 'boolean', 'false', 'Whether a stale replica may become leader.', {
    brokerName: 'unclean.leader.election.enable',
  }),
];

/** By name. */
export const topicConfigs: ReadonlyMap<string, TopicConfigDefinition> = new Map(
  definitions.map((definition) => [definition.name, definition]),
);

/** Why the settings cannot be accepted, in Kafka's words (InvalidConfigurationException); null when they can. */
export function configProblem(configs: ReadonlyMap<string, string>): string | null {
  for (const [name, value] of configs) {
    const definition = topicConfigs.get(name);
    if (!definition) return `Unknown topic config name: ${name}`;
    const problem = problemWith(definition, value);
    if (problem !== null) return problem;
  }
  return lagProblem(configs);
}

function lagProblem(configs: ReadonlyMap<string, string>): string | null {
  const lagOf = (name: string) => configs.get(name) ?? topicConfigs.get(name)?.byDefault ?? '0';
  const least = lagOf('min.compaction.lag.ms');
  const most = lagOf('max.compaction.lag.ms');
  if (BigInt(least) <= BigInt(most)) return null;
  return `conflict topic config setting min.compaction.lag.ms (${least}) > max.compaction.lag.ms (${most})`;
}

/** The settings of one topic as they act: its own, else the broker's, else Kafka's default. */
export class TopicSettings {
  readonly #own: ReadonlyMap<string, string>;
  readonly #brokerValue: (brokerName: string) => string | undefined;

  /** @param brokerValue what was set for the broker under that name */
  constructor(
    own: ReadonlyMap<string, string>,
    brokerValue: (brokerName: string) => string | undefined = () => undefined,
  ) {
    this.#own = own;
    this.#brokerValue = brokerValue;
  }

  /** @throws when Kafka has no such setting */
  text(name: string): string {
    const definition = topicConfigs.get(name);
    if (!definition) throw new Error(`there is no setting "${name}"`);
    const { brokerName, byDefault } = definition;
    const value =
      this.#own.get(name) ?? (brokerName === undefined ? undefined : this.#brokerValue(brokerName));
    return (value ?? byDefault).trim();
  }

  /** Beyond 2^53 not exact, which no limit here has to be. */
  number(name: string): number {
    return Number(this.text(name));
  }

  /** Whether records go by retention. With neither policy set, nothing ever goes. */
  get deletes(): boolean {
    return listOf(this.text('cleanup.policy')).includes('delete');
  }

  get compacts(): boolean {
    return listOf(this.text('cleanup.policy')).includes('compact');
  }
}

function topic(
  name: string,
  type: ConfigType,
  byDefault: string,
  documentation: string,
  details: Details = {},
): TopicConfigDefinition {
  return { name, type, byDefault, documentation, ...details };
}

function levelOfGzip(value: string): string | null {
  const isLevel = Number(value) === -1 || (Number(value) >= 1 && Number(value) <= 9);
  return isLevel ? null : 'Value must be between 1 and 9 or equal to -1';
}

function throttledReplicas(name: string): Details {
  const form = '[partitionId]:[brokerId],[partitionId]:[brokerId],...';
  const reason = `${name} must be the literal '*' or a list of replicas in the following format: ${form}`;
  return {
    complaint: (part) => (part === '*' || /^\d+:\d+$/.test(part) ? null : reason),
    shown: (part) => `[${part}]`,
  };
}
