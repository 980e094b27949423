// @ts-check
// The service of the benchmark: an order is a row and a cached value at once, or a row and an event some time later.
const { appendFileSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { Redis } = require('ioredis');
const { Kafka, Partitioners, logLevel } = require('kafkajs');
const { Client } = require('pg');

const { PORT, DATABASE_URL, REDIS_URL = '', KAFKA, TOPIC_PREFIX = '' } = process.env;
const { CONNECTIONS_FILE = '', ACKNOWLEDGED_FILE = '' } = process.env;
const database = new Client(DATABASE_URL);
const redis = new Redis(REDIS_URL);
const producer =
  KAFKA === undefined
    ? undefined
    : new Kafka({ brokers: KAFKA.split(','), logLevel: logLevel.NOTHING }).producer({
        createPartitioner: Partitioners.DefaultPartitioner,
      });
/** The connections over which orders came. */
const connections = new Set();

/** @param {string} name */
async function place(name) {
  const { rows } = await database.query('INSERT INTO t20 (name) VALUES ($1) RETURNING id', [name]);
  await redis.set(`order:${name}`, 'placed');
  return rows[0];
}

/** After the pauses of a wait have grown, and not at a time that fits one of them. @param {string} name */
function placeLater(name) {
  setTimeout(
    async () => {
      if (name.startsWith('event')) {
        const begin = performance.now();
        const message = { key: name, value: JSON.stringify({ name, at: performance.timeOrigin + begin }) };
        await producer?.send({ topic: `${TOPIC_PREFIX}orders`, messages: [message] });
        appendFileSync(ACKNOWLEDGED_FILE, `${performance.now() - begin}\n`);
      } else {
        await database.query('INSERT INTO t20 (name, at) VALUES ($1, clock_timestamp())', [name]);
      }
    },
    1_000 + 100 * Math.random(),
  );
}

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', async () => {
    if (request.method !== 'POST') {
      response.end('{}');
      return;
    }
    connections.add(request.socket);
    const { name } = JSON.parse(body);
    const isLater = request.url === '/later';
    const answer = isLater ? placeLater(name) : await place(name);
    response.writeHead(isLater ? 202 : 201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...answer, name }));
  });
});

process.on('SIGTERM', () => {
  if (CONNECTIONS_FILE !== '') writeFileSync(CONNECTIONS_FILE, String(connections.size));
  process.exit(0);
});
Promise.all([database.connect(), producer?.connect()]).then(() => server.listen(Number(PORT), '127.0.0.1'));
