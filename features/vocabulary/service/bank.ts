import type { IncomingMessage } from 'node:http';
import type { Pool, PoolClient } from 'pg';
import { defineService, type ServiceClock } from '../../../index';

/** What the features of the vocabulary speak with in Brine's own process: accounts in its database, and offers that expire. */

interface Bank {
  readonly pool: Pool;
  readonly clock: ServiceClock;
  /** By their codes: until when they hold. */
  readonly offers: Map<string, Date>;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

type Endpoint = (bank: Bank, body: Record<string, string>) => Answer | Promise<Answer>;

const hourMs = 3_600_000;

async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

const listAccounts: Endpoint = async ({ pool }) => {
  const { rows } = await pool.query('SELECT name, balance, opened_at FROM accounts ORDER BY name');
  return { status: 200, body: rows };
};

const openAccount: Endpoint = async ({ pool, clock }, { name, balance = '0' }) => {
  const values = [name, balance, clock.now()];
  await pool.query('INSERT INTO accounts (name, balance, opened_at) VALUES ($1, $2, $3)', values);
  return { status: 201, body: { name } };
};

/** The money is there before it is taken: an error in the middle must undo that. */
const transfer: Endpoint = async ({ pool }, { from, to, amount }) => {
  const add = 'UPDATE accounts SET balance = balance + $1 WHERE name = $2';
  await inTransaction(pool, async (client) => {
    await client.query(add, [amount, to]);
    const { rowCount } = await client.query(add, [`-${amount}`, from]);
    if (rowCount !== 1) throw new Error(`nobody is called ${from}`);
  });
  return { status: 200, body: { from, to, amount } };
};

const makeOffer: Endpoint = ({ clock, offers }, { code = '' }) => {
  const until = new Date(clock.now().getTime() + hourMs);
  offers.set(code, until);
  return { status: 201, body: { code, until } };
};

const takeOffer: Endpoint = ({ clock, offers }, { code = '' }) => {
  const until = offers.get(code) ?? clock.now();
  const holds = clock.now() < until;
  return { status: holds ? 200 : 410, body: { code, until } };
};

const endpoints: Readonly<Record<string, Endpoint>> = {
  'GET /health': () => ({ status: 200, body: {} }),
  'GET /clock': ({ clock }) => ({ status: 200, body: { now: clock.now() } }),
  'GET /accounts': listAccounts,
  'POST /accounts': openAccount,
  'POST /transfers': transfer,
  'POST /offers': makeOffer,
  'POST /offers/taken': takeOffer,
};

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}');
}

export const start = defineService(({ clock, database, log }) => {
  const bank: Bank = { pool: database('vocabulary').pool, clock, offers: new Map() };
  return async (request, response) => {
    const endpoint = endpoints[`${request.method} ${request.url}`];
    try {
      const { status, body } = (await endpoint?.(bank, await bodyOf(request))) ?? { status: 404, body: {} };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    } catch (error) {
      log('%s %s failed: %s', request.method, request.url, error);
      response
        .writeHead(409, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: `${error}` }));
    }
  };
});
