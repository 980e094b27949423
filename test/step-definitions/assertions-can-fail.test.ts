import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadStepLibrary } from '../../docs/generate/step-library';
import { outcomes, type RunResult, runOnce } from '../runs/project';
import { type AssertionCase, assertionCases } from './assertion-cases';

/** Answers what the cases need; `slow` is a consumer that never gets to the end of an event. */
const service = `
const http = require('node:http');
const { Redis } = require('ioredis');
const { Kafka, logLevel } = require('kafkajs');
const answer = (response, value) => {
  response.setHeader('content-type', 'application/json').setHeader('X-Kind', 'echo');
  response.end(value === undefined ? '' : JSON.stringify(value));
};
const redis = new Redis(process.env.REDIS);
let ready = false;
let counter = 0;
http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  if (url.pathname === '/health' && !ready) response.statusCode = 503;
  if (url.pathname === '/health-no') response.statusCode = 503;
  if (url.pathname === '/empty') return answer(response);
  if (url.pathname === '/list') return answer(response, { items: [{ id: 1, tag: 'x' }, { id: 2, tag: 'x' }], same: [1, 1], nothing: [] });
  if (url.pathname === '/old') return response.writeHead(302, { location: '/value?n=1' }).end();
  if (url.pathname === '/cookies') response.setHeader('set-cookie', ['a=1; Path=/; HttpOnly', 'b=2']);
  if (url.pathname === '/once') {
    response.statusCode = counter++ === 0 ? 201 : 409;
    return answer(response, { n: counter });
  }
  if (url.pathname === '/cached' && (await redis.get('k')) === null) await redis.set('k', 'filled');
  if (url.pathname === '/call-payments') await fetch(process.env.PAYMENTS + '/charge');
  answer(response, { n: url.searchParams.get('n'), more: true });
}).listen(Number(process.env.PORT), '127.0.0.1');
const consumer = new Kafka({ brokers: process.env.BROKERS.split(','), logLevel: logLevel.NOTHING }).consumer({ groupId: 'slow' });
consumer.on(consumer.events.GROUP_JOIN, () => (ready = true));
process.on('SIGTERM', () => process.exit(0));
(async () => {
  await consumer.connect();
  await consumer.subscribe({ topics: ['slow'], fromBeginning: true });
  await consumer.run({ eachMessage: () => new Promise(() => {}) });
})();
`;

const configuration = `{
  provider: 'embedded',
  settleTimeout: 200,
  databases: { db: { sql: ['schema.sql'] } },
  kafka: { schemaRegistry: 'embedded', topics: { slow: {} } },
  stubs: { payments: {} },
  services: { api: {
    command: 'node api.js',
    env: { PORT: '{{self.port}}', PAYMENTS: '{{stubs.payments.url}}', BROKERS: '{{kafka.brokers}}', REDIS: '{{redis.url}}' },
  } },
}`;

const operation = (schema: object) => ({
  get: { responses: { 200: { description: 'x', content: { 'application/json': { schema } } } } },
});

const openapi = JSON.stringify({
  openapi: '3.1.0',
  info: { title: 'api', version: '1' },
  paths: {
    '/value': operation({ type: 'object', required: ['n'] }),
    '/list': operation({ type: 'object', required: ['n'] }),
    '/asked': {
      get: { ...operation({}).get, parameters: [{ in: 'query', name: 'n', required: true, schema: {} }] },
    },
    '/charge': operation({}),
    '/refund': operation({}),
  },
});

const schema =
  'CREATE TABLE people (name text); CREATE TABLE seeded (name text); INSERT INTO seeded VALUES (1);' +
  'CREATE TABLE counted (n numeric, m int); INSERT INTO counted VALUES (1);';

const avro = (...fields: object[]) => JSON.stringify({ type: 'record', name: 'N', fields });

function scenario(name: string, steps: readonly (string | undefined)[], assertion: string): string {
  const lines = [...steps.filter((step) => step !== undefined), `Then ${assertion}`];
  return `  Scenario: ${name}\n${lines.join('\n').replace(/^/gm, '    ')}\n`;
}

function scenariosOf({ given, right, wrong, wrongGiven }: AssertionCase, number: number): string[] {
  return [
    scenario(`right ${number}`, [given], right),
    scenario(`wrong ${number}`, [wrongGiven ?? given], wrong),
    scenario(`right within ${number}`, [given], `within 5 seconds ${right}`),
    scenario(`right for ${number}`, [given], `for 20 ms ${right}`),
    scenario(`wrong within ${number}`, [wrongGiven ?? given], `within 20 ms ${wrong}`),
    scenario(`wrong for ${number}`, [wrongGiven ?? given], `for 20 ms ${wrong}`),
  ];
}

let results: Record<string, string>;
let failures: Map<string, string>;

before(async () => {
  const scenarios = assertionCases.flatMap(scenariosOf);
  // a group that is behind stays so: those scenarios come last
  const sorted = scenarios.toSorted((a, b) => Number(isWrongGroup(a)) - Number(isWrongGroup(b)));
  const run = await runOnce({
    brine: configuration,
    files: {
      'api.js': service,
      'schema.sql': schema,
      'test-data/people.csv': 'name\nbob\nada\n',
      'test-data/answer.json': '{"n":"1","more":true}',
      'test-data/other.json': '{}',
      'test-data/event.json': '{ "type": "x", "n": 1 }',
      'test-data/events.csv': 'key,value.n\na,1\nb,2\n',
      'test-data/n.schema.json': '{ "type": "object", "required": ["n"] }',
      'test-data/n.avsc': avro({ name: 'n', type: 'long' }),
      'test-data/n2.avsc': avro({ name: 'n', type: 'long' }, { name: 'more', type: 'string', default: '' }),
      'test-data/m.avsc': avro({ name: 'm', type: 'long' }),
      'openapi.json': openapi,
      'features/all.feature': `Feature: all\n${sorted.join('\n')}`,
    },
  });
  results = outcomes(run);
  failures = failuresOf(run);
  assert.equal(run.exitCode, 1, run.output);
});

function isWrongGroup(text: string): boolean {
  return /Scenario: wrong/.test(text) && text.includes('consumer group');
}

test('every assertion of the catalogue has a case', async () => {
  const { catalogue } = await loadStepLibrary();
  const phrases = catalogue
    .all()
    .filter(({ kind }) => kind === 'assertion')
    .map(({ phrase }) => phrase);
  assert.deepEqual(assertionCases.map(({ phrase }) => phrase).sort(), [...phrases].sort());
});

/** By scenario, the types of the errors that failed it. */
function failuresOf({ messages }: RunResult): Map<string, string> {
  const names = new Map(
    messages.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle.name] as const] : [])),
  );
  const cases = new Map(
    messages.flatMap(({ testCase }) => (testCase ? [[testCase.id, testCase] as const] : [])),
  );
  const started = new Map(
    messages.flatMap(({ testCaseStarted }) =>
      testCaseStarted ? [[testCaseStarted.id, cases.get(testCaseStarted.testCaseId)!] as const] : [],
    ),
  );
  const failed = new Map<string, string>();
  for (const { testStepFinished } of messages) {
    const exception = testStepFinished?.testStepResult.exception;
    if (testStepFinished === undefined || exception === undefined) continue;
    const testCase = started.get(testStepFinished.testCaseStartedId)!;
    const name = names.get(testCase.pickleId)!;
    failed.set(name, [failed.get(name), exception.type].filter(Boolean).join(', '));
  }
  return failed;
}

const rights = ['right', 'right within', 'right for'];
const wrongs = ['wrong', 'wrong within', 'wrong for'];

describe('an assertion passes when it is right and fails when it is wrong, with every guard', () => {
  for (const [number, { phrase }] of assertionCases.entries()) {
    test(phrase, () => {
      const named = (kinds: readonly string[]) => kinds.map((kind) => `${kind} ${number}`);
      assert.deepEqual(
        named(rights).map((name) => results[name]),
        rights.map(() => 'PASSED'),
      );
      // an error of the step itself would fail, too, and say nothing of the assertion
      assert.deepEqual(
        named(wrongs).map((name) => failures.get(name)),
        wrongs.map(() => 'AssertionError'),
      );
    });
  }
});
