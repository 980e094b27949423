import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from '../logger';

interface KafkaOptions {
  brokers: string[];
  clientId: string;
  logger: Logger;
}

/**
 * A Kafka client whose log goes to ours. The limits are such that a broker which was away is found again within
 * about a second: short waits between attempts, and no request waits the default 30 seconds for its answer.
 */
export function createKafka({ brokers, clientId, logger }: KafkaOptions): Kafka {
  return new Kafka({
    brokers,
    clientId,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 5 },
    logLevel: logger.isLevelEnabled('debug') ? logLevel.DEBUG : logLevel.INFO,
    logCreator: () => (entry) => forward(entry, logger),
  });
}

function forward({ namespace, level, log }: LogEntry, logger: Logger): void {
  const { message, timestamp: _, logger: _name, ...details } = log;
  logger[pinoLevel(level)](
    { kafka: details },
    namespace ? `kafka ${namespace}: ${message}` : `kafka: ${message}`,
  );
}

/** kafkajs calls each failed attempt an error, also those it repeats with success. What fails in the end we log ourselves. */
function pinoLevel(level: logLevel): 'warn' | 'info' | 'debug' {
  if (level === logLevel.ERROR || level === logLevel.WARN) return 'warn';
  return level === logLevel.INFO ? 'info' : 'debug';
}
