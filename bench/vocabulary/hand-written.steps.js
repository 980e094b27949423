// @ts-check
// What a team writes without Brine: cucumber-js, supertest, pg and ioredis. CLEAN is how it cleans the database.
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { After, AfterAll, BeforeAll, Then, When } = require('@cucumber/cucumber');
const { Redis } = require('ioredis');
const { Client } = require('pg');
const supertest = require('supertest');

const { PORT = '', DATABASE_URL, REDIS_URL = '', SERVICE = '', CLEAN = '' } = process.env;
const address = `http://127.0.0.1:${PORT}`;
const database = new Client(DATABASE_URL);
const redis = new Redis(REDIS_URL);
/** @type {import('node:child_process').ChildProcess} */
let service;
/** @type {import('supertest').Response} */
let response;

BeforeAll(async () => {
  service = spawn(process.execPath, [SERVICE], { stdio: 'inherit' });
  await database.connect();
  while (!(await fetch(address).catch(() => undefined)))
    await new Promise((resolve) => setTimeout(resolve, 10));
});

After(async () => {
  await database.query(CLEAN);
  await redis.flushdb();
});

AfterAll(async () => {
  service.kill();
  redis.disconnect();
  await database.end();
});

When('the order {string} is placed', async (name) => {
  response = await supertest(address).post('/orders').send({ name });
});

Then('the answer has the status {int}', (status) => {
  assert.equal(response.status, status);
});

Then('the orders are:', async (table) => {
  const { rows } = await database.query('SELECT name FROM t20');
  assert.deepEqual(rows, table.hashes());
});

Then('the cache has {string} as {string}', async (key, value) => {
  assert.equal(await redis.get(key), value);
});
