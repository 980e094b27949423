import { type Environment, EnvironmentReader } from './environment';

/** Everything that can be set from outside, checked: units are in the names. */
export interface Config {
  host: string;
  port: number;
  logLevel: string;
  databaseUrl: string;
  kafkaBrokers: string[];
  kafkaTopicPrefix: string;
  /** How often a message is tried again before it goes to the dead-letter topic. */
  maxRetries: number;
  retryDelayMs: number;
}

/** @throws ConfigurationError that names every variable at fault. */
export function readConfig(environment: Environment): Config {
  const env = new EnvironmentReader(environment);
  const config: Config = {
    host: env.text('HOST', '127.0.0.1'),
    port: env.integer('PORT', { min: 0, max: 65_535 }),
    logLevel: env.logLevel('LOG_LEVEL', 'info'),
    databaseUrl: env.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    kafkaBrokers: env.hostPorts('KAFKA_BROKERS'),
    kafkaTopicPrefix: env.text('KAFKA_TOPIC_PREFIX', ''),
    maxRetries: env.integer('MAX_RETRIES', { min: 0, max: 100, fallback: 3 }),
    retryDelayMs: env.integer('RETRY_DELAY_MS', { min: 0, max: 60_000, fallback: 20 }),
  };
  env.assertValid();
  return config;
}
