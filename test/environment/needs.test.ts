import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type BackingServiceName, type Configuration, resolveConfiguration } from '../../support/config';
import {
  assertTagExpressions,
  describeNotStarted,
  notNeeded,
  withoutUnneeded,
} from '../../support/environment/needs';

const unused = 'no chosen scenario uses it, and no service that is started names it';

/** The names of what is not started. */
function left(configuration: Configuration, ...scenarios: Array<ReturnType<typeof scenario>>): string[] {
  const { services, backing } = notNeeded(resolveConfiguration(configuration, {}), scenarios);
  return [...Object.keys(backing), ...Object.keys(services)];
}

function scenario(tags: readonly string[], ...uses: BackingServiceName[]) {
  return { tags, uses: new Set(uses) };
}

function service(env: Record<string, string> = {}, neededBy?: string) {
  return { command: 'run', env, ...(neededBy === undefined ? {} : { neededBy }) };
}

const databases = { orders: {}, stock: {} };

describe('a database is made', () => {
  const tagged = { databases: { always: {}, tagged: { neededBy: '@rows' } } };
  const unneeded = (configuration: Configuration, tags: readonly string[]) => {
    const resolved = resolveConfiguration(configuration, {});
    const found = notNeeded(resolved, [scenario(tags, 'postgres')]);
    return [found.databases ?? {}, Object.keys(withoutUnneeded(resolved, found).databases)];
  };

  test('always, or when a chosen scenario has the tags that it says', () => {
    const reason = { tagged: 'no chosen scenario has the tags @rows' };
    assert.deepEqual(unneeded(tagged, []), [reason, ['always']]);
    assert.deepEqual(unneeded(tagged, ['@rows']), [{}, ['always', 'tagged']]);
  });

  test('when a service that is started names it', () => {
    const services = { api: service({ URL: '{{databases.tagged.url}}' }) };
    assert.deepEqual(unneeded({ ...tagged, services }, []), [{}, ['always', 'tagged']]);
  });
});

describe('a service is started', () => {
  const services = { always: service(), tagged: service({}, '@orders or @events') };

  test('always, when it does not say which tags need it', () => {
    assert.ok(!left({ services }, scenario([])).includes('always'));
  });

  test('when a chosen scenario has the tags that it says', () => {
    assert.ok(left({ services }, scenario([]), scenario(['@slow'])).includes('tagged'));
    assert.ok(!left({ services }, scenario(['@slow']), scenario(['@slow', '@events'])).includes('tagged'));
  });

  test('when a service that is started names it, directly or through others', () => {
    const chain = {
      ...services,
      always: service({ NEXT: '{{services.middle.url}}' }),
      middle: service({ NEXT: 'x{{ services.tagged.url }}/y' }, '@nobody'),
    };
    assert.deepEqual(left({ services: chain }, scenario([])), ['postgres', 'redis', 'kafka']);
  });

  test('when two name each other and one is needed', () => {
    const pair = {
      a: service({ B: '{{services.b.url}}' }, '@a'),
      b: service({ A: '{{services.a.url}}' }, '@b'),
    };
    assert.deepEqual(left({ services: pair }, scenario(['@b'])), ['postgres', 'redis', 'kafka']);
    assert.ok(left({ services: pair }, scenario(['@c'])).includes('a'));
  });

  test('not for being named by one that is not', () => {
    const pair = { a: service({ B: '{{services.b.url}}' }, '@a'), b: service({}, '@b') };
    assert.deepEqual(left({ services: pair }, scenario([])).slice(3), ['a', 'b']);
  });
});

describe('a backing service is started', () => {
  test('when a step uses it', () => {
    assert.deepEqual(left({}, scenario([]), scenario([], 'redis')), ['postgres', 'kafka']);
    assert.deepEqual(left({ databases }, scenario([], 'postgres', 'kafka')), ['redis']);
  });

  for (const [template, store] of [
    ['{{databases.stock.url}}', 'postgres'],
    ['{{postgres.url}}', 'postgres'],
    ['{{redis.url}}', 'redis'],
    ['{{kafka.brokers}}', 'kafka'],
    ['{{kafka.topicPrefix}}', 'kafka'],
  ] as const) {
    test(`when a service that is started names it: ${template}`, () => {
      const named = left({ databases, services: { a: service({ X: template }) } }, scenario([]));
      assert.ok(!named.includes(store) && named.length === 2, named.join());
      const inCommand = { a: { command: `run ${template}`, neededBy: '@a' } };
      assert.ok(!left({ databases, services: inCommand }, scenario(['@a'])).includes(store));
      assert.ok(left({ databases, services: inCommand }, scenario([])).includes(store));
    });
  }

  test('when a chosen scenario has the tags that it says', () => {
    const redis = { neededBy: '@hooked' };
    assert.ok(!left({ redis }, scenario(['@hooked'])).includes('redis'));
    assert.ok(left({ redis }, scenario([])).includes('redis'));
  });

  test('when it has an address that a service may know without a template', () => {
    const services = { a: service() };
    const stores: Configuration = {
      postgres: { port: 5432 },
      redis: { url: 'redis://localhost' },
      kafka: { brokers: ['localhost:9092'] },
    };
    assert.deepEqual(left({ ...stores, databases, services }, scenario([])), []);
    assert.deepEqual(left({ ...stores, databases }, scenario([])), ['postgres', 'redis', 'kafka']);
    const ofItsOwn = { orders: { url: 'postgres://localhost/orders' } };
    assert.deepEqual(left({ databases: ofItsOwn, services }, scenario([])), ['redis', 'kafka']);
  });

  test("when a service in Brine's process may ask for a database", () => {
    const services = { a: { module: 'a.ts', neededBy: '@a' } };
    assert.deepEqual(left({ databases, services }, scenario(['@a'])), ['redis', 'kafka']);
    assert.ok(left({ databases, services }, scenario([])).includes('postgres'));
    assert.ok(left({ services }, scenario(['@a'])).includes('postgres'));
    const running = { a: { module: 'a.ts', url: 'http://localhost:1' } };
    assert.ok(left({ databases, services: running }, scenario([])).includes('postgres'));
  });

  test('not for the templates of a service that already runs', () => {
    const services = { a: { ...service({ X: '{{redis.url}}' }), url: 'http://localhost:1' } };
    assert.ok(left({ services }, scenario([])).includes('redis'));
  });

  test('not for a database that nobody has declared', () => {
    assert.ok(left({}, scenario([], 'postgres', 'redis', 'kafka')).includes('postgres'));
  });
});

test('what is not started is said with its reason, a database that is not declared is not', () => {
  const services = { inventory: service({}, '@orders or @events') };
  const configuration = resolveConfiguration({ services }, {});
  assert.deepEqual(describeNotStarted(notNeeded(configuration, [scenario([], 'kafka')])), [
    `redis    not started: ${unused}`,
    'inventory not started: no chosen scenario has the tags @orders or @events',
  ]);
});

test('a tag expression that cannot be read is an error that names its key', () => {
  const faulty = resolveConfiguration({ services: { a: service({}, '@a or') } }, {});
  assert.throws(() => assertTagExpressions(faulty), {
    code: 'BRINE_CONFIG_002',
    message: /"services\.a\.neededBy" .* "@a or": .*Expected operand/s,
  });
  const empty = resolveConfiguration({ redis: { neededBy: ' ' } }, {});
  assert.throws(() => assertTagExpressions(empty), { message: /"redis\.neededBy"/ });
});
