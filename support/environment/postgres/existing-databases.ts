import { BrineError, messageOf } from '../../errors';
import { databaseOfUrl, serverVersion, withConnection, withoutPassword } from './connection';
import type { LaneDatabaseFacts, PostgresFacts } from './facts';
import type { DatabaseDeclaration, PostgresSettings } from './settings';

/** A declared database that runs already. */
type Existing = DatabaseDeclaration & { readonly url: string };

/** Those of the declared databases that run already. */
export function existingDatabases(declarations: readonly DatabaseDeclaration[]): Existing[] {
  return declarations.filter((declaration): declaration is Existing => declaration.url !== undefined);
}

/**
 * The facts of a run whose declared databases run already, all of them: no server is started for it.
 * @throws BrineError BRINE_CONFIG_002 naming the first that cannot be reached; there must be one at least
 */
export async function withoutServer(databases: readonly Existing[]): Promise<PostgresFacts> {
  const versions = await Promise.all(databases.map(lookAt));
  return {
    provider: 'external',
    version: [...new Set(versions)].join(' and '),
    url: databases[0]?.url ?? '',
    templates: [],
  };
}

/** @throws BrineError BRINE_CONFIG_002 when it cannot be reached: its URL is the user's */
async function lookAt({ name, url }: Existing): Promise<string> {
  try {
    return await withConnection(url, 'look', serverVersion);
  } catch (error) {
    const parameters = {
      key: `databases.${name}.url`,
      source: 'the configuration',
      value: withoutPassword(url),
      reason: messageOf(error),
      suggestion: '',
      expected: 'the URL of a database that runs and lets this user in',
    };
    throw new BrineError('BRINE_CONFIG_002', parameters, { cause: error });
  }
}

/** A database as a lane has it that is somebody's own. @throws as {@link withoutServer} */
export async function asItIs(
  database: Existing,
  { testPrefix }: PostgresSettings,
): Promise<LaneDatabaseFacts> {
  await lookAt(database);
  const { name, url } = database;
  const called = databaseOfUrl(url);
  const mayReset = database.mayReset === true || (called !== '' && called.startsWith(testPrefix));
  const whyNot = `the name "${called}" of ${withoutPassword(url)} does not begin with "${testPrefix}", and databases.${name}.mayReset is not true`;
  return { database: name, url, mayReset, whyNot: mayReset ? '' : whyNot };
}
