import { type Environment, EnvironmentReader } from './environment';

/** Everything that can be set from outside, checked: units are in the names. */
export interface Config {
  host: string;
  port: number;
  logLevel: string;
  databaseUrl: string;
  redisUrl: string;
  kafkaBrokers: string[];
  kafkaTopicPrefix: string;
  adminToken: string;
  orderCacheTtlSeconds: number;
  outboxPollMs: number;
  payment: PaymentConfig;
}

export interface PaymentConfig {
  url: string;
  timeoutMs: number;
  retryMs: number;
  circuitFailures: number;
  circuitResetMs: number;
}

/** @throws ConfigurationError that names every variable at fault. */
export function readConfig(environment: Environment): Config {
  const env = new EnvironmentReader(environment);
  const config: Config = {
    host: env.text('HOST', '127.0.0.1'),
    port: env.integer('PORT', { min: 0, max: 65_535 }),
    logLevel: env.logLevel('LOG_LEVEL', 'info'),
    databaseUrl: env.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: env.url('REDIS_URL', ['redis:', 'rediss:']),
    kafkaBrokers: env.hostPorts('KAFKA_BROKERS'),
    kafkaTopicPrefix: env.text('KAFKA_TOPIC_PREFIX', ''),
    adminToken: env.text('ADMIN_TOKEN'),
    orderCacheTtlSeconds: env.integer('ORDER_CACHE_TTL_SECONDS', { min: 1, fallback: 300 }),
    outboxPollMs: env.integer('OUTBOX_POLL_MS', { min: 1, fallback: 250 }),
    payment: {
      url: env.url('PAYMENT_URL', ['http:', 'https:']),
      timeoutMs: env.integer('PAYMENT_TIMEOUT_MS', { min: 1, fallback: 1_000 }),
      retryMs: env.integer('PAYMENT_RETRY_MS', { min: 1, fallback: 250 }),
      circuitFailures: env.integer('CIRCUIT_FAILURES', { min: 1, fallback: 3 }),
      circuitResetMs: env.integer('CIRCUIT_RESET_MS', { min: 1, fallback: 500 }),
    },
  };
  env.assertValid();
  return config;
}
