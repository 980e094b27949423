import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { dockerHas, images } from '../environment/containers';
import { sharedServer } from '../environment/postgres';
import { Door } from './door';
import { outcomes, Project, type RunResult } from './project';

/** Ends servers from outside of Brine: a process by its number, a container by the engine. */
const steps = `
const { existsSync, readFileSync } = require('node:fs');
const { When } = require('@cucumber/cucumber');
const { DockerEngine } = require('${require.resolve('../../support/environment/docker')}');
const facts = () => JSON.parse(readFileSync(process.env.BRINE_RUN, 'utf8'));
const ends = () => {
  const file = facts().directory + '/server-ends.ndjson';
  return existsSync(file) ? readFileSync(file, 'utf8').split('"ended"').length : 1;
};
const kill = async (server) => {
  const before = ends();
  const lines = readFileSync(facts().directory + '/ledger.ndjson', 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
  const { pid } = lines.findLast(({ name }) => name === server);
  process.kill(pid, 'SIGKILL');
  while (ends() === before) await new Promise((done) => setImmediate(done));
};
When('PostgreSQL is killed', () => kill('postgres'));
When("the lane's Redis is killed", () => kill('redis of lane ' + (process.env.CUCUMBER_WORKER_ID ?? 0)));
When('a server has ended', { timeout: -1 }, async () => {
  while (ends() === 1) await new Promise((done) => setImmediate(done));
});
When('the container of {word} is killed', async (name) => {
  await new DockerEngine().demand('POST', '/containers/' + facts()[name].containerId + '/kill');
});
When('the container of {word} is stopped', async (name) => {
  await new DockerEngine().act(facts()[name].containerId, 'stop');
});
`;

/** A service that ends the run's PostgreSQL as soon as it is started, and then itself. */
const killsPostgres = `
const { existsSync, readFileSync } = require('node:fs');
const run = 'brine-run-' + process.env.BRINE_RUN_ID;
const folder = ['/dev/shm/', process.env.TMPDIR + '/'].map((place) => place + run).find((path) => existsSync(path));
const lines = readFileSync(folder + '/ledger.ndjson', 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
try { process.kill(lines.find(({ name }) => name === 'postgres').pid, 'SIGKILL'); } catch {}
process.exit(3);
`;

const database = {
  'schema.sql': 'CREATE TABLE things (id serial PRIMARY KEY, name text)',
  'seed.sql': "INSERT INTO things (name) VALUES ('seeded')",
  'steps.js': steps,
};
const declared = `databases: { main: { sql: ['schema.sql'], seed: ['seed.sql'] } }`;

const addsOne = `
    Given table "things" receives rows:
      | name |
      | more |`;
const isReset = '\n    Then table "things" has 1 row';
const usesCache = '\n    Given cache key "k" is set to "v"\n    Then the cache has 1 key like "*"';

function feature(scenarios: Readonly<Record<string, string>>): string {
  const texts = Object.entries(scenarios).map(([name, text]) => {
    const [, tag = '', title] = /^(@\w+ )?(.*)/.exec(name) ?? [];
    return `  ${tag}\n  Scenario: ${title}${text}\n`;
  });
  return `Feature: f\n${texts.join('')}`;
}

/** What the steps and hooks of a scenario said when they failed. */
function failuresOf({ messages }: RunResult, name: string): string {
  const pickle = messages.find((message) => message.pickle?.name === name)?.pickle?.id;
  const testCase = messages.find((message) => message.testCase?.pickleId === pickle)?.testCase?.id;
  const started = messages.find(
    (message) => message.testCaseStarted?.testCaseId === testCase,
  )?.testCaseStarted;
  return messages
    .filter(({ testStepFinished }) => testStepFinished?.testCaseStartedId === started?.id)
    .map(({ testStepFinished }) => testStepFinished?.testStepResult.message ?? '')
    .join('\n');
}

describe('a backing server that ends in the middle of a run', { concurrency: 2 }, () => {
  it('fails its scenario with its end, is started once more, and the second time is gone for good', async () => {
    await using project = await Project.create({
      files: {
        ...database,
        'features/a.feature': feature({
          first: addsOne,
          'is killed': `${addsOne}\n    When PostgreSQL is killed\n    Then within 10 seconds table "things" has 77 rows`,
          'serves again': `${isReset}${addsOne}`,
          'and is reset': isReset,
          'is killed without notice': `${addsOne}\n    When PostgreSQL is killed`,
          'needs it': isReset,
          'needs it, too': isReset,
          'does not need it': usesCache,
        }),
      },
      brine: `{ ${declared} }`,
    });
    const result = await project.run();
    assert.deepEqual(
      outcomes(result),
      {
        first: 'PASSED',
        'is killed': 'FAILED',
        'serves again': 'PASSED',
        'and is reset': 'PASSED',
        'is killed without notice': 'FAILED',
        'needs it': 'FAILED',
        'needs it, too': 'FAILED',
        'does not need it': 'PASSED',
      },
      result.output,
    );
    for (const name of ['is killed', 'is killed without notice']) {
      const said = failuresOf(result, name);
      assert.match(said, /PostgreSQL \(embedded\) ended with SIGKILL in the middle of the run/);
      assert.match(said, /the end of .*postgres\.log:\n +\| /);
      assert.match(said, /-> see the end of its log; it .*\[BRINE_ENV_011\]/s);
    }
    const later = failuresOf(result, 'needs it, too');
    assert.match(later, /PostgreSQL \(embedded\) serves no more .*: it ended with SIGKILL/);
    assert.doesNotMatch(later, /ECONNREFUSED|BRINE_DB_002|BRINE_ENV_011\]/);
    await project.leavesNothing();
  });

  it('is told by every lane', async () => {
    const others = Object.fromEntries([1, 2, 3, 4].map((n) => [`other ${n}`, `${addsOne}`]));
    await using project = await Project.create({
      files: {
        ...database,
        'features/a.feature': feature({ 'is killed': '\n    When PostgreSQL is killed', ...others }),
      },
      brine: `{ ${declared} }`,
    });
    const result = await project.run(['--parallel', '2']);
    assert.equal(outcomes(result)['is killed'], 'FAILED', result.output);
    assert.equal(outcomes(result)['other 4'], 'PASSED', result.output);
    await project.leavesNothing();
  });

  it('while the lanes are opened is what the run tells, once, and nothing is left', async () => {
    await using project = await Project.create({
      files: {
        ...database,
        'kill.js': killsPostgres,
        'features/a.feature': feature({ first: `${isReset}\n    When I send GET "/"` }),
      },
      brine: `{ ${declared}, services: { fragile: { command: 'node kill.js' } } }`,
    });
    const { exitCode, output, messages } = await project.run(['--parallel', '2']);
    assert.equal(exitCode, 1, output);
    assert.match(output, /PostgreSQL \(embedded\) ended with SIGKILL in the middle of the run/);
    assert.match(output, /the end of .*postgres\.log:\n +\| .*\[BRINE_ENV_011\]/s);
    assert.ok(!messages.some(({ testCaseStarted }) => testCaseStarted), 'a scenario ran');
    await project.leavesNothing();
  });
});

const redisServer = '/usr/bin/redis-server';

describe("a lane's redis-server that ends in the middle of a run", { concurrency: 2 }, () => {
  const brine = `{ ${declared}, redis: { binary: '${redisServer}' } }`;
  const skip = existsSync(redisServer) ? false : `there is no ${redisServer}`;
  const isEmpty = '\n    Then the cache has 0 keys like "*"';

  it('fails its scenario with its end, is started once more, and the second time is gone for good', {
    skip,
  }, async () => {
    await using project = await Project.create({
      files: {
        ...database,
        'features/a.feature': feature({
          first: usesCache,
          'is killed': `${usesCache}\n    When the lane's Redis is killed\n    Then within 10 seconds the cache has 77 keys like "*"`,
          'serves again': `${isEmpty}${usesCache}`,
          'and is reset': isEmpty,
          'is killed without notice': `${usesCache}\n    When the lane's Redis is killed`,
          'needs it': usesCache,
          'does not need it': addsOne,
        }),
      },
      brine,
    });
    const result = await project.run();
    assert.deepEqual(
      outcomes(result),
      {
        first: 'PASSED',
        'is killed': 'FAILED',
        'serves again': 'PASSED',
        'and is reset': 'PASSED',
        'is killed without notice': 'FAILED',
        'needs it': 'FAILED',
        'does not need it': 'PASSED',
      },
      result.output,
    );
    for (const name of ['is killed', 'is killed without notice']) {
      const said = failuresOf(result, name);
      assert.match(said, /Redis of lane 0 \(embedded\) was ended by SIGKILL in the middle of the run/);
      assert.match(said, /the end of its log:\n.*Ready to accept connections/s);
      assert.match(said, /-> see the end of its log; it .*\[BRINE_ENV_011\]/s);
    }
    assert.match(failuresOf(result, 'needs it'), /Redis of lane 0 \(embedded\) serves no more .*SIGKILL/);
    await project.leavesNothing();
  });

  it('is no matter of the other lanes', { skip }, async () => {
    const files = {
      ...database,
      'features/a.feature': feature({
        'is killed': "\n    When the lane's Redis is killed",
        'goes on': `${usesCache}\n    When a server has ended\n    Then the cache has 1 key like "*"`,
      }),
    };
    await using project = await Project.create({ files, brine });
    const result = await project.run(['--parallel', '2']);
    assert.deepEqual(outcomes(result), { 'is killed': 'FAILED', 'goes on': 'PASSED' }, result.output);
    await project.leavesNothing();
  });
});

const server = sharedServer();

describe('an external server that goes', () => {
  it('is named; what needs it fails at once, and runs again when the server is back', async () => {
    const { url } = (await server()).facts;
    await using door = await Door.to(Number(new URL(url).port));
    await using project = await Project.create({
      files: {
        ...database,
        'steps.js': `
const { After, When } = require('@cucumber/cucumber');
const door = (how) => fetch('http://127.0.0.1:${door.control}/' + how);
When('the door is shut', () => door('shut'));
After({ tags: '@opens' }, () => door('open'));`,
        'features/a.feature': feature({
          first: addsOne,
          goes: `${addsOne}\n    When the door is shut\n    Then table "things" has 2 rows`,
          'needs it': isReset,
          '@opens does not need it': usesCache,
          'is back': isReset,
        }),
      },
      brine: `{ postgres: { provider: 'external', url: '${door.through(url)}' }, ${declared} }`,
    });
    const result = await project.run();
    assert.deepEqual(
      outcomes(result),
      {
        first: 'PASSED',
        goes: 'FAILED',
        'needs it': 'FAILED',
        'does not need it': 'PASSED',
        'is back': 'PASSED',
      },
      result.output,
    );
    assert.match(
      failuresOf(result, 'goes'),
      /PostgreSQL \(external\) does not answer: .* in the middle of the run/,
    );
    assert.match(failuresOf(result, 'needs it'), /PostgreSQL \(external\) serves no more/);
    await project.leavesNothing();
  });
});

describe('a container that is stopped from outside', () => {
  const settings = `postgres: { durable: DURABLE }, ${declared}`;
  const files = {
    ...database,
    'features/a.feature': feature({
      first: `${addsOne}${usesCache}`,
      'cache goes': '\n    When the container of redis is stopped\n    Then cache key "k" is absent',
      'needs the cache': usesCache,
      'database goes': `${addsOne}\n    When the container of postgres is stopped${isReset}`,
      'needs the database': isReset,
    }),
  };
  const env = {
    BRINE_PROVIDER: 'container',
    BRINE_KAFKA_PROVIDER: 'embedded',
    BRINE_POSTGRES_IMAGE: images.postgres,
    BRINE_REDIS_IMAGE: images.redis,
  };
  for (const [name, durable, databaseAfter] of [
    ['whose data are in memory is gone', false, 'FAILED'],
    ['whose data survive is started again', true, 'PASSED'],
  ] as const) {
    it(`${name}; a cache is started again`, async (t) => {
      for (const image of [images.postgres, images.redis]) if (!(await dockerHas(image, t))) return;
      const brine = `{ ${settings.replace('DURABLE', String(durable))} }`;
      await using project = await Project.create({ files, brine });
      const result = await project.run([], env);
      assert.deepEqual(
        outcomes(result),
        {
          first: 'PASSED',
          'database goes': 'FAILED',
          'needs the database': databaseAfter,
          'cache goes': 'FAILED',
          'needs the cache': 'PASSED',
        },
        result.output,
      );
      const said = /PostgreSQL \(container [0-9a-f]{12}\) ended with exit code \d+ in the middle of the run/;
      assert.match(failuresOf(result, 'database goes'), said);
      assert.match(failuresOf(result, 'cache goes'), /Redis \(container [0-9a-f]{12}\) ended with exit code/);
      if (!durable)
        assert.match(failuresOf(result, 'needs the database'), /serves no more .*postgres\.durable/s);
      await project.leavesNothing();
    });
  }
});

describe('a Kafka container that is killed from outside', () => {
  const publishes = `
    When topic "t" receives an event:
      """
      { "n": 1 }
      """
    Then within 20 seconds topic "t" has 1 event`;
  const files = {
    'steps.js': steps,
    'features/a.feature': feature({
      first: publishes,
      'is killed': `${publishes}\n    When the container of kafka is killed\n    Then for 30 seconds topic "t" has 1 event`,
      'needs events': publishes,
      'needs none': usesCache,
    }),
  };
  const env = {
    BRINE_KAFKA_PROVIDER: 'container',
    BRINE_KAFKA_IMAGE: images.kafka,
  };
  for (const durable of [false, true]) {
    it(`is named with the end of its log; ${durable ? 'durable, it is started again' : 'what needs it fails at once'}`, async (t) => {
      if (!(await dockerHas(images.kafka, t))) return;
      await using project = await Project.create({ files, brine: `{ kafka: { durable: ${durable} } }` });
      const result = await project.run([], env);
      assert.deepEqual(
        outcomes(result),
        {
          first: 'PASSED',
          'is killed': 'FAILED',
          'needs events': durable ? 'PASSED' : 'FAILED',
          'needs none': 'PASSED',
        },
        result.output,
      );
      const said =
        /Kafka \(container [0-9a-f]{12}\) ended with exit code 137 in the middle of the run\n {2}the end of its log:\n {4}\[.*INFO /;
      assert.match(failuresOf(result, 'is killed'), said);
      if (!durable) {
        const later = failuresOf(result, 'needs events');
        assert.match(later, /Kafka \(container [0-9a-f]{12}\) serves no more .*kafka\.durable/s);
      }
      await project.leavesNothing();
    });
  }
});
