/** The other process, as a service under test is one: writes what it is told to, and says when it has. */
import { Client } from 'pg';

/** What it is told. */
export interface Order {
  readonly url: string;
  readonly statements: readonly string[];
  /** Ends the connection afterwards. */
  readonly last?: boolean;
}

const clients = new Map<string, Promise<Client>>();

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: 'writer' });
  client.on('error', () => {}); // the server ends before this process
  await client.connect();
  return client;
}

async function carryOut({ url, statements, last = false }: Order): Promise<void> {
  const known = clients.get(url) ?? connected(url);
  clients.set(url, known);
  const client = await known;
  for (const statement of statements) await client.query(statement);
  if (!last) return;
  clients.delete(url);
  await client.end();
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    () => process.send?.({}),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
