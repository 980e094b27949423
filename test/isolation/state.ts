import { Client } from 'pg';
import type { CacheClient } from '../../support/clients';

/** What each table and sequence holds, by its name: rows as text, in order. */
export type State = Readonly<Record<string, readonly string[]>>;

/** Looks at a database from outside of everything that is tested. */
export class Observer implements AsyncDisposable {
  private constructor(private readonly client: Client) {}

  static async connect(url: string): Promise<Observer> {
    const client = new Client({ connectionString: url, application_name: 'observer' });
    await client.connect();
    return new Observer(client);
  }

  /** Every row of every table and partition, and every sequence, outside Brine's own schema. */
  async state(): Promise<State> {
    const { rows } = await this.client.query<{ name: string; kind: string }>(relations);
    const parts = rows.map(({ name, kind }) => {
      const row = kind === 'S' ? 'ROW(t.last_value, t.is_called)' : 't';
      const from = kind === 'S' ? name : `ONLY ${name}`;
      return `SELECT ${quote(name)} AS name, ARRAY(SELECT ${row}::text FROM ${from} t ORDER BY 1) AS content`;
    });
    const found = await this.client.query<{ name: string; content: string[] }>(parts.join(' UNION ALL '));
    return Object.fromEntries(found.rows.map(({ name, content }) => [name, content]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.end();
  }
}

const relations = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind AS kind
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('brine', 'information_schema')
  ORDER BY 1`;

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What is in the way of the state being the baseline. A table that a scenario has made may stay, but empty. */
export function differences(baseline: State, state: State): string[] {
  const names = [...new Set([...Object.keys(baseline), ...Object.keys(state)])];
  return names.flatMap((name) => {
    const now = state[name];
    if (now === undefined) return [`${name} is gone`];
    const before = baseline[name];
    if (before === undefined) return isFresh(now) ? [] : [`${name} is new, and holds ${now.join(' ')}`];
    return now.join('\n') === before.join('\n') ? [] : [`${name} holds ${changes(before, now)}`];
  });
}

/** Empty, or a sequence that was never drawn from. */
function isFresh(content: readonly string[]): boolean {
  return content.length === 0 || (content.length === 1 && content[0] === '(1,f)');
}

function changes(before: readonly string[], now: readonly string[]): string {
  const gone = before.filter((row) => !now.includes(row)).map((row) => `-${row}`);
  const added = now.filter((row) => !before.includes(row)).map((row) => `+${row}`);
  return [...gone, ...added, `(${now.length} rows instead of ${before.length})`].join(' ');
}

/** Every key of the cache with its type, value and whether it expires. */
export async function cacheState(cache: CacheClient): Promise<string[]> {
  const entries = await Promise.all((await cache.keys()).map((key) => cache.read(key)));
  return entries.map((entry) => JSON.stringify(entry));
}
