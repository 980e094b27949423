import { readFileSync } from 'node:fs';
import { KafkaBroker, type KafkaBrokerOptions } from '../support/kafka-broker';
import { type Command, type OptionValues, WrongCallError } from './command';

interface Plan {
  readonly broker: KafkaBrokerOptions;
  readonly topics: ReadonlyArray<{ readonly name: string; readonly partitions: number | undefined }>;
}

/** Runs the embedded Kafka broker until it is told to end (SIGINT, SIGTERM). */
export const kafka: Command = {
  name: 'kafka',
  usage: 'kafka [--port <number>] [...]',
  summary: 'run the embedded Kafka broker until Ctrl-C',
  options: {
    port: { type: 'string' },
    host: { type: 'string' },
    brokers: { type: 'string' },
    topic: { type: 'string', multiple: true },
    sasl: { type: 'string', multiple: true },
    'tls-key': { type: 'string' },
    'tls-cert': { type: 'string' },
    'no-auto-create': { type: 'boolean' },
    verbose: { type: 'boolean' },
  },
  optionLines: [
    '--port <number>       where it listens; several brokers take the ports after it; 9092',
    '--host <address>      where it listens, and what clients are told; 127.0.0.1',
    '--brokers <number>    how many brokers the cluster has; 1',
    '--topic <name>[:<n>]  a topic to create, with so many partitions; may be repeated',
    '--sasl <user:word>    a user who must authenticate, by PLAIN or SCRAM; may be repeated',
    '--tls-key <file>      clients must use TLS; with --tls-cert, both PEM',
    '--no-auto-create      asking for a topic does not create it',
    '--verbose             say why a connection was ended',
  ],
  async run({ words, values }, print) {
    if (words.length > 0) throw new WrongCallError(`kafka takes options only, not "${words[0]}"`);
    const { broker: options, topics } = planOf(values);
    const ended = signalled();
    await using broker = await KafkaBroker.start(options);
    for (const { name, partitions } of topics) {
      broker.createTopic(name, partitions === undefined ? {} : { partitions });
    }
    print(`Kafka listens on ${broker.address} (Ctrl-C ends it)\n`);
    await ended;
    return 0;
  },
};

function planOf(values: OptionValues): Plan {
  const brokers = countOf(values, 'brokers', 1, 100) ?? 1;
  const port = countOf(values, 'port', 0, 65_536 - brokers) ?? 9092;
  return {
    broker: {
      port,
      brokers,
      ...(typeof values.host === 'string' && { host: values.host }),
      ...saslOf(textsOf(values, 'sasl')),
      ...tlsOf(values['tls-key'], values['tls-cert']),
      autoCreateTopics: values['no-auto-create'] !== true,
      ...(values.verbose === true && { log: (line) => process.stderr.write(`${line}\n`) }),
    },
    topics: textsOf(values, 'topic').map(topicOf),
  };
}

/** @throws WrongCallError when it is no whole number within the bounds */
function countOf(values: OptionValues, name: string, least: number, most: number): number | undefined {
  const text = values[name];
  if (typeof text !== 'string') return undefined;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw new WrongCallError(`--${name} wants a whole number from ${least} to ${most}, not "${text}"`);
}

function textsOf(values: OptionValues, name: string): string[] {
  const given = values[name];
  return Array.isArray(given) ? given.filter((each) => typeof each === 'string') : [];
}

function topicOf(text: string): Plan['topics'][number] {
  const [name = '', partitions, ...rest] = text.split(':');
  const isCount = partitions === undefined || /^[1-9]\d{0,4}$/.test(partitions);
  if (isCount && rest.length === 0) {
    return { name, partitions: partitions === undefined ? undefined : Number(partitions) };
  }
  throw new WrongCallError(`--topic wants name or name:partitions, not "${text}"`);
}

function saslOf(texts: readonly string[]): Pick<KafkaBrokerOptions, 'sasl'> {
  if (texts.length === 0) return {};
  const users = texts.map((text) => {
    const [, user, password] = /^([^:]+):(.+)$/s.exec(text) ?? [];
    // Never the text itself: it may be a password.
    if (user === undefined || password === undefined) throw new WrongCallError('--sasl wants user:password');
    return [user, password];
  });
  return { sasl: { users: Object.fromEntries(users) } };
}

function tlsOf(key: OptionValues[string], cert: OptionValues[string]): Pick<KafkaBrokerOptions, 'tls'> {
  if (key === undefined && cert === undefined) return {};
  if (typeof key !== 'string' || typeof cert !== 'string') {
    throw new WrongCallError('--tls-key and --tls-cert go together');
  }
  return { tls: { key: readFileSync(key), cert: readFileSync(cert) } };
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
