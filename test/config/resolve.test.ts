import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resolveConfiguration } from '../../support/config';
import { BrineError } from '../../support/errors';

const nothing: NodeJS.ProcessEnv = {};

function messageOf(given: unknown, environment = nothing): string {
  try {
    resolveConfiguration(given, environment);
  } catch (error) {
    assert.ok(error instanceof BrineError || error instanceof AggregateError, String(error));
    return error.message;
  }
  return assert.fail('the configuration was accepted');
}

describe('a configuration', () => {
  test('has a default for everything', () => {
    const configuration = resolveConfiguration({}, nothing);
    assert.equal(configuration.provider, 'auto');
    assert.equal(configuration.timeout, 15_000);
    assert.equal(configuration.retryCount, 1);
    assert.equal(configuration.cleanupAfterTest, true);
    assert.equal(configuration.testDataDir, 'test-data');
    assert.deepEqual(configuration.services, {});
  });

  test('takes durations as text and as milliseconds', () => {
    assert.equal(resolveConfiguration({ timeout: '2 seconds' }, nothing).timeout, 2_000);
    assert.equal(resolveConfiguration({ timeout: 750 }, nothing).timeout, 750);
  });

  test('takes sizes as text and as bytes', () => {
    for (const [memory, bytes] of [
      ['512m', 512 * 1024 ** 2],
      ['1.5 GB', 1.5 * 1024 ** 3],
      ['4096', 4096],
      [4096, 4096],
    ] as const) {
      assert.equal(resolveConfiguration({ postgres: { memory } }, nothing).postgres.memory, bytes);
    }
    for (const memory of ['512 miles', '', '0', 0, -1]) {
      assert.match(messageOf({ redis: { memory } }), /redis\.memory.*\n.*a size such as "512m"/);
    }
    assert.match(messageOf({ kafka: { cpus: 0 } }), /kafka\.cpus/);
  });

  test('is plain data, for it travels to workers as JSON', () => {
    const configuration = resolveConfiguration({ services: { api: { command: 'node api.js' } } }, nothing);
    assert.deepEqual(JSON.parse(JSON.stringify(configuration)), configuration);
  });
});

describe('a wrong configuration is an error that names', () => {
  test('an unknown key, the nearest one and those allowed', () => {
    const message = messageOf({ provder: 'auto' });
    assert.match(message, /unknown configuration key "provder" in brine\(\{\.\.\.\}\)/);
    assert.match(message, /did you mean "provider"\? allowed here: provider, useContainers, postgres/);
    assert.match(message, /BRINE_CONFIG_001/);
  });

  test('an unknown key inside, by its whole path', () => {
    const message = messageOf({ services: { api: { comand: 'node api.js', url: 'http://localhost:1' } } });
    assert.match(message, /unknown configuration key "services\.api\.comand"/);
    assert.match(message, /did you mean "command"\?/);
  });

  test('a wrong value, the allowed ones and the nearest', () => {
    const message = messageOf({ postgres: { provider: 'embeded' } });
    assert.match(message, /"postgres\.provider" in .* has the value "embeded"/);
    assert.match(
      message,
      /did you mean "embedded"\? expected one of auto, container, compose, embedded, external/,
    );
  });

  test('a value of another type', () => {
    assert.match(
      messageOf({ parallel: 'two' }),
      /"parallel" .* has the value "two".*\n.*a value of type number/,
    );
  });

  test('what a duration looks like', () => {
    assert.match(messageOf({ timeout: 'soon' }), /a duration such as "5 seconds"/);
  });

  test('a URL of the wrong kind', () => {
    assert.match(messageOf({ postgres: { url: 'http://localhost' } }), /a postgresql:\/\/ URL/);
  });

  test('every fault, not only the first', () => {
    const message = messageOf({ provder: 1, timeout: 'soon' });
    assert.match(message, /provder/);
    assert.match(message, /timeout/);
  });

  test('a service of which nothing says how it comes to run', () => {
    assert.match(
      messageOf({ services: { api: {} } }),
      /service "api" has neither a command nor an image nor a url/,
    );
  });

  test('an image without the port that it listens on', () => {
    assert.match(messageOf({ services: { api: { image: 'api:1' } } }), /give services\.api\.containerPort/);
  });

  test('a name that cannot be said in a step', () => {
    assert.match(
      messageOf({ services: { 'my api': { url: 'http://localhost:1' } } }),
      /begins with a letter/,
    );
  });
});

describe('the environment', () => {
  test('overrides every value, by a name made of its path', () => {
    const { postgres, parallel, services } = resolveConfiguration(
      { services: { api: { command: 'node api.js' } } },
      { BRINE_POSTGRES_PROVIDER: 'external', BRINE_PARALLEL: '3', BRINE_SERVICES_API_START_TIMEOUT: '5 s' },
    );
    assert.equal(postgres.provider, 'external');
    assert.equal(parallel, 3);
    assert.equal(services.api?.startTimeout, 5_000);
  });

  test('gives lists with commas and switches as words', () => {
    const { kafka, cleanupAfterTest } = resolveConfiguration(
      {},
      { BRINE_KAFKA_BROKERS: 'a:1, b:2', BRINE_CLEANUP_AFTER_TEST: 'no' },
    );
    assert.deepEqual(kafka.brokers, ['a:1', 'b:2']);
    assert.equal(cleanupAfterTest, false);
  });

  test('has no unknown BRINE_ variable', () => {
    const message = messageOf({}, { BRINE_TIMEOT: '5 s' });
    assert.match(message, /unknown configuration key "BRINE_TIMEOT" in the environment/);
    assert.match(message, /did you mean "BRINE_TIMEOUT"\?/);
  });

  test('is named as the source of a wrong value', () => {
    const message = messageOf({ timeout: '5 s' }, { BRINE_TIMEOUT: '5 sconds' });
    assert.match(message, /"BRINE_TIMEOUT" in the environment has the value "5 sconds"/);
  });

  test('is named as the source of a wrong item of a list', () => {
    assert.equal(
      messageOf({ kafka: { brokers: ['a:1'] } }, { BRINE_KAFKA_BROKERS: 'a:1,nohost' }),
      `configuration key "BRINE_KAFKA_BROKERS" in the environment has the value "nohost": it is not allowed
  -> expected host:port  [BRINE_CONFIG_002]`,
    );
    assert.match(messageOf({ kafka: { brokers: ['nohost'] } }), /"kafka.brokers.0" in brine\(/);
  });

  test('has no text where a number belongs', () => {
    assert.match(messageOf({}, { BRINE_PARALLEL: 'many' }), /"BRINE_PARALLEL" in the environment .* "many"/);
  });

  test('names servers by the usual variables only where an external provider is asked for', () => {
    const environment = { DATABASE_URL: 'postgresql://dev@localhost/dev', REDIS_URL: 'redis://localhost' };
    const careful = resolveConfiguration({}, environment);
    assert.equal(careful.postgres.url, undefined);
    const asked = resolveConfiguration({ postgres: { provider: 'external' } }, environment);
    assert.equal(asked.postgres.url, environment.DATABASE_URL);
    assert.equal(asked.redis.url, undefined);
  });

  test('is named as the place of a wrong value of one of them', () => {
    const given = { provider: 'external' };
    assert.match(
      messageOf(given, { DATABASE_URL: 'mysql://x' }),
      /key "DATABASE_URL" in the environment has the value "mysql:\/\/x"/,
    );
    assert.match(
      messageOf(given, { KAFKA_BROKERS: 'a:1,nohost' }),
      /key "KAFKA_BROKERS" in the environment .* "nohost"/,
    );
    assert.match(
      messageOf({ ...given, postgres: { url: 'mysql://y' } }, { DATABASE_URL: 'mysql://x' }),
      /key "postgres\.url" in brine\(/,
    );
  });

  test('says where the first service runs with API_BASE_URL, or BRINE_API_URL', () => {
    const given = { services: { api: { command: 'node api.js' }, other: { command: 'node other.js' } } };
    const url = 'http://localhost:3000';
    const named = resolveConfiguration({ ...given, provider: 'external' }, { API_BASE_URL: url });
    assert.equal(named.services.api?.url, url);
    assert.equal(named.services.other?.url, undefined);
    assert.equal(resolveConfiguration(given, { BRINE_API_URL: url }).services.api?.url, url);
    assert.equal(resolveConfiguration(given, { API_BASE_URL: url }).services.api?.url, undefined);
  });

  test('turns containers on and off by one switch', () => {
    assert.equal(resolveConfiguration({}, { BRINE_USE_CONTAINERS: 'true' }).provider, 'container');
    assert.equal(resolveConfiguration({}, { BRINE_USE_CONTAINERS: 'false' }).provider, 'embedded');
  });

  test("takes a schema registry's credentials for secrets", () => {
    const secretsOf = (schemaRegistry: string) =>
      resolveConfiguration({ secrets: ['known'], kafka: { schemaRegistry } }, {}).secrets;
    const basic = (text: string) => Buffer.from(text).toString('base64');
    assert.deepEqual(secretsOf('https://ABCDEFGH12345678:a%2Fb%20c@registry:8081'), [
      'known',
      'a/b c',
      basic('ABCDEFGH12345678:a/b c'),
      'ABCDEFGH12345678',
    ]);
    assert.deepEqual(secretsOf('https://shop:s3cret@registry'), ['known', 's3cret', basic('shop:s3cret')]);
    assert.deepEqual(secretsOf('http://shop:shop@registry'), ['known', basic('shop:shop')]);
    assert.deepEqual(secretsOf('http://a:b@registry'), ['known', basic('a:b')]);
    assert.deepEqual(secretsOf('http://registry:8081'), ['known']);
    assert.deepEqual(secretsOf('embedded'), ['known']);
  });
});
