import { Client } from 'pg';
import type { CacheClient } from '../../support/clients';

/** What each table and sequence holds, by its name: rows as text, in order. */
export type State = Readonly<Record<string, readonly string[]>>;

/** Looks at a database from outside of everything that is tested. */
export class Observer implements AsyncDisposable {
  private constructor(private readonly client: Client) {}

  static async connect(url: string): Promise<Observer> {
    const client = new Client({ connectionString: url, application_name: 'observer' });
    client.on('error', () => {}); // the database may be made anew
    await client.connect();
    return new Observer(client);
  }

  /**
   * Every row of every table, partition and materialized view, every sequence, large object and definition, outside
   * Brine's own schema.
   */
  async state(): Promise<State> {
    const { rows } = await this.client.query<{ name: string; kind: string }>(relations);
    const parts = rows.map(({ name, kind }) => {
      const row = kind === 'S' ? 'ROW(t.last_value, t.is_called)' : 't';
      const from = kind === 'r' ? `ONLY ${name}` : name;
      return `SELECT ${quote(name)} AS name, ARRAY(SELECT ${row}::text FROM ${from} t ORDER BY 1) AS content`;
    });
    const found = await this.client.query<{ name: string; content: string[] }>(parts.join(' UNION ALL '));
    const defined = await this.client.query<{ name: string; content: string[] }>(definitions);
    return Object.fromEntries([...found.rows, ...defined.rows].map(({ name, content }) => [name, content]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.end();
  }
}

const relations = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relkind AS kind
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'S', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT IN ('brine', 'information_schema')
  ORDER BY 1`;

/** From the information schema where it has them: other queries than those of the tracking. */
const definitions = `
  SELECT 'columns of ' || format('%I.%I', table_schema, table_name) AS name,
    array_agg(concat_ws(' ', column_name, data_type, is_nullable, column_default) ORDER BY ordinal_position) AS content
  FROM information_schema.columns WHERE table_schema NOT IN ('brine', 'pg_catalog', 'information_schema') GROUP BY 1
  UNION ALL
  SELECT 'triggers of ' || tgrelid::regclass, array_agg(tgname || tgenabled::text ORDER BY tgname)
  FROM pg_trigger WHERE NOT tgisinternal GROUP BY 1
  UNION ALL
  SELECT 'body of ' || oid::regprocedure, ARRAY[prosrc] FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL
  SELECT 'values of ' || enumtypid::regtype, array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum GROUP BY 1
  UNION ALL
  SELECT 'steps of sequences', array_agg(increment ORDER BY sequence_name) FROM information_schema.sequences WHERE sequence_name = 'numbers'
  UNION ALL
  SELECT 'partitions', array_agg(inhrelid::regclass || ' of ' || inhparent::regclass ORDER BY 1) FROM pg_inherits JOIN pg_class ON oid = inhrelid
  WHERE relkind IN ('r', 'p') AND relname <> 'events_3'
  UNION ALL
  SELECT 'large objects', coalesce(array_agg(oid::text ORDER BY oid), '{}') FROM pg_largeobject_metadata`;

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A table that a scenario has made may stay, but empty. */
const mayStay = /^(columns|triggers) of "?(public"?\."?)?(extra|copied|events_3)/;

/** What is in the way of the state being the baseline. */
export function differences(baseline: State, state: State): string[] {
  const names = [...new Set([...Object.keys(baseline), ...Object.keys(state)])];
  return names.flatMap((name) => {
    const now = state[name];
    if (now === undefined) return [`${name} is gone`];
    const before = baseline[name];
    if (before === undefined && mayStay.test(name)) return [];
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
