import type { Logger } from './logger';

/** Whoever stops us waits two seconds; what is not finished by then is safe in the outbox or uncommitted. */
const DEADLINE_MS = 1_800;

interface Stoppable {
  stop(): Promise<void>;
}

/** On SIGTERM and SIGINT stops the service and exits with 0, at the latest after the deadline. */
export function stopOnSignals(service: Stoppable, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info(`${signal}: stopping`);
    setTimeout(() => exit(logger, 'stopped at the deadline, with work left'), DEADLINE_MS);
    service.stop().then(
      () => exit(logger, 'stopped'),
      (error) => exit(logger, `stopped with an error: ${error}`),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function exit(logger: Logger, text: string): void {
  logger.info(text);
  process.exit(0);
}
