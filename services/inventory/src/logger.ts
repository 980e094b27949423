import pino, { type Logger } from 'pino';

export type { Logger };

/** Structured logs: one JSON object per line on stdout, written synchronously so that no line is lost on exit. */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: { service: 'inventory' }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 1, sync: true }),
  );
}
