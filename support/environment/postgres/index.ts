import type { Provider } from '../provider';
import { EmbeddedPostgres } from './embedded';
import { ExternalPostgres } from './external';
import type { DatabaseDeclaration, PostgresServerFacts, PostgresSettings } from './settings';

export { existingDatabases, withoutServer } from './existing-databases';
export type { LaneDatabaseFacts, PostgresFacts, TemplateFacts } from './facts';
export { type DatabaseLane, openDatabaseLane } from './lane';
export { DatabaseReset, type ResetReport } from './reset';
export type { DatabaseDeclaration, PostgresServerFacts, PostgresSettings } from './settings';
export { prepareTemplates } from './templates';

/** The providers of PostgreSQL; the embedded one keeps prepared clusters and so knows the declarations. */
export function postgresProviders(
  settings: PostgresSettings,
  declarations: readonly DatabaseDeclaration[] = [],
): { embedded: Provider<PostgresServerFacts>; external: Provider<PostgresServerFacts> } {
  return {
    embedded: new EmbeddedPostgres(settings, declarations),
    external: new ExternalPostgres(settings),
  };
}
