import { createDataSource } from './database/data-source';
import { ConfigurationError, EnvironmentReader } from './environment';
import { createLogger } from './logger';

/** Any number that nobody else locks: two migrations at the same time run one after the other. */
const MIGRATION_LOCK = 7_305_002;

/** Runs the pending migrations on DATABASE_URL and exits: 0 when the schema is up to date, else 1. */
async function migrate(): Promise<void> {
  const env = new EnvironmentReader(process.env);
  const url = env.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const logger = createLogger(env.logLevel('LOG_LEVEL', 'info'));
  env.assertValid();

  const database = await createDataSource(url, { queryTimeoutMs: 0 }).initialize();
  const lock = database.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await database.runMigrations({ transaction: 'all' });
    logger.info({ applied: applied.map(({ name }) => name) }, 'the schema is up to date');
  } finally {
    await lock.release();
    await database.destroy();
  }
}

migrate().catch((error: Error) => {
  const text = error instanceof ConfigurationError ? error.message : `migration failed: ${error.message}`;
  process.stderr.write(`inventory: ${text}\n`);
  process.exitCode = 1;
});
