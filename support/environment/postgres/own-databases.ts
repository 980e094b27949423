import { escapeIdentifier } from 'pg';
import { dropDatabases } from '../leftovers/store-remove.js';
import { withConnection } from './connection';
import { isLeftover, markedDatabases } from './owner-mark';

/** Removes what killed runs have left on a server that outlives them. */
export async function sweepDatabases(
  url: string,
  testPrefix: string,
  report: (line: string) => void,
): Promise<void> {
  await withConnection(url, 'sweep', async (admin) => {
    for (const { name, mark, connections } of await markedDatabases(admin, testPrefix)) {
      if (!isLeftover(mark) || connections > 0) continue;
      const dropped = await admin.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)}`).then(
        () => true,
        () => false, // another run sweeps, too
      );
      if (dropped) report(`database ${name}, left by a run that was killed, is removed`);
    }
  });
}

/** At the end of a run: whatever lanes that died did not drop themselves. */
export async function dropDatabasesOf(runId: string, url: string, testPrefix: string): Promise<void> {
  await dropDatabases(url, `${testPrefix}${runId}_`);
}
