import type { Client } from 'pg';
import { giveSignsOfLife } from '../leftovers/owner';
import type { RunContext } from '../provider';
import { withConnection } from './connection';
import { dropDatabasesOf, sweepDatabases } from './own-databases';
import { markedDatabases, runMark, writeMark } from './owner-mark';

/**
 * The run's part in a server that outlives it: what killed runs have left is removed; the marks of its own databases are kept
 * fresh, so that no other machine takes it for dead. Disposing drops what is left of the run.
 */
export async function sharePostgres(
  url: string,
  testPrefix: string,
  { runId, report }: RunContext,
): Promise<AsyncDisposable> {
  await sweepDatabases(url, testPrefix, report);
  const signs = giveSignsOfLife(() =>
    withConnection(url, 'sign of life', (admin) => freshenMarks(admin, testPrefix, runId)),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      signs[Symbol.dispose]();
      await dropDatabasesOf(runId, url, testPrefix);
    },
  };
}

/** Says of all databases of the run that it is alive. */
export async function freshenMarks(admin: Client, testPrefix: string, runId: string): Promise<void> {
  for (const { name, mark } of await markedDatabases(admin, `${testPrefix}${runId}_`)) {
    if (mark?.brine === 'run' && mark.run === runId) await writeMark(admin, name, runMark(runId));
  }
}
