import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import Redis from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaContainer } from '../../support/environment/kafka/container';
import { openEventsLane } from '../../support/environment/kafka/lane';
import { openDatabaseLane, prepareTemplates } from '../../support/environment/postgres';
import { withConnection } from '../../support/environment/postgres/connection';
import { postgresContainer } from '../../support/environment/postgres/container';
import { redisContainer } from '../../support/environment/redis/container';
import { openCacheLane } from '../../support/environment/redis/lane';
import { containersOf, dockerHas, engine, images, ledgerRuns, testRun } from './containers';

const common = { startTimeoutMs: 120_000, testPrefix: 'brine_', reuse: true };
/** Settings of the test's own, so that it meets no container of anybody else. */
const settings = () => ({ ...common, memory: 512 * 1024 ** 2 + 4096 * Math.ceil(Math.random() * 10_000) });

function removedAtTheEnd(t: TestContext, { containerId }: { containerId?: string }): string {
  assert.ok(containerId);
  t.after(() => engine.remove(containerId));
  return containerId;
}

describe('a container for reuse', () => {
  it('stays when its run ends, is in no ledger, and is found by the next run', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const mine = { ...settings(), image: images.redis };
    const [first, second] = [testRun(t), testRun(t)];
    const started = await redisContainer(mine, engine).start(first);
    const id = removedAtTheEnd(t, started.facts);
    await started[Symbol.asyncDispose]();
    assert.deepEqual(await containersOf(first.runId), []);
    assert.deepEqual(ledgerRuns(first), []);
    const again = await redisContainer(mine, engine).start(second);
    assert.equal(again.facts.containerId, id);
    assert.equal(again.facts.url, started.facts.url);
    assert.equal(again.facts.outlivesRun, true);
  });

  it('is one when two runs make it at the same time', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const mine = { ...settings(), image: images.redis };
    const both = await Promise.all([1, 2].map(() => redisContainer(mine, engine).start(testRun(t))));
    const ids = new Set(both.map(({ facts }) => facts.containerId));
    for (const containerId of ids) removedAtTheEnd(t, { containerId });
    assert.equal(ids.size, 1);
  });

  it('is another when its settings differ, and the run says that the first one is there', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const mine = { ...settings(), image: images.redis };
    const first = await redisContainer(mine, engine).start(testRun(t));
    const id = removedAtTheEnd(t, first.facts);
    const run = testRun(t);
    const second = await redisContainer({ ...mine, cpus: 1.5 }, engine).start(run);
    assert.notEqual(removedAtTheEnd(t, second.facts), id);
    const line = `redis: a container for reuse with other settings is there, too; if nobody needs it: docker rm --force --volumes ${id.slice(0, 12)}`;
    assert.ok(run.lines.includes(line), run.lines.join('\n'));
  });

  it('goes on after it was stopped', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const mine = { ...settings(), image: images.redis };
    const first = await redisContainer(mine, engine).start(testRun(t));
    const id = removedAtTheEnd(t, first.facts);
    await engine.act(id, 'stop');
    const second = await redisContainer(mine, engine).start(testRun(t));
    assert.deepEqual({ ...second.facts }, { ...first.facts });
  });

  it('has no more memory and processors than its settings say', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const mine = { ...settings(), image: images.redis, cpus: 0.5 };
    const { facts } = await redisContainer(mine, engine).start(testRun(t));
    const id = removedAtTheEnd(t, facts);
    const { HostConfig } = JSON.parse((await engine.demand('GET', `/containers/${id}/json`)).toString());
    assert.equal(HostConfig.Memory, mine.memory);
    assert.equal(HostConfig.NanoCpus, 500_000_000);
  });
});

describe('what runs leave in a container for reuse', () => {
  it('are the templates of the databases, and none of their clones', async (t) => {
    if (!(await dockerHas(images.postgres, t))) return;
    const mine = { ...settings(), image: images.postgres };
    const declarations = [{ name: 'orders', inputs: [] }];
    const lines: string[][] = [];
    for (const turn of ['first', 'second']) {
      const run = testRun(t);
      const { facts, ...started } = await postgresContainer(mine, engine).start(run);
      if (turn === 'first') removedAtTheEnd(t, facts);
      const templates = await prepareTemplates(facts, declarations, mine, run);
      const lane = { runId: run.runId, index: 0 };
      await openDatabaseLane({ ...facts, templates }, declarations, lane, mine); // of a worker that dies
      await started[Symbol.asyncDispose]();
      lines.push(run.lines.filter((line) => line.includes('migrated')));
      const names = await withConnection(facts.url, 'test', async (admin) => {
        const { rows } = await admin.query(`SELECT datname FROM pg_database WHERE datname LIKE 'brine%'`);
        return rows.map(({ datname }) => datname);
      });
      assert.deepEqual(
        names,
        templates.map(({ template }) => template),
      );
    }
    assert.deepEqual(
      lines.map(({ length }) => length),
      [1, 0],
    );
  });

  it('are no keys: no two lanes of any run have the same database at the same time', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const mine = { ...settings(), image: images.redis };
    const [one, two] = [testRun(t), testRun(t)];
    const { facts } = await redisContainer(mine, engine).start(one);
    removedAtTheEnd(t, facts);
    const lanes = await Promise.all([one, one, two].map((run) => openCacheLane(facts, {}, 0, run)));
    const urls = lanes.map((lane) => lane.facts.url);
    assert.equal(new Set(urls).size, 3);
    const client = new Redis(urls[0] ?? '');
    t.after(() => client.disconnect());
    await client.set('a', '1');
    await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
    assert.equal(await client.dbsize(), 0);
    const next = await openCacheLane(facts, {}, 0, two);
    assert.ok(urls.includes(next.facts.url), 'it was not given back');
    await next[Symbol.asyncDispose]();
  });

  it('are no topics', async (t) => {
    if (!(await dockerHas(images.kafka, t))) return;
    const mine = { ...common, image: images.kafka, cpus: 1.75 };
    const run = testRun(t);
    const started = await kafkaContainer(mine, engine).start(run);
    removedAtTheEnd(t, started.facts);
    const { facts } = await openEventsLane(
      started.facts,
      {},
      { testPrefix: 'brine_', runId: run.runId, index: 0 },
    );
    const admin = new Kafka({ brokers: [...facts.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    t.after(() => admin.disconnect());
    await admin.createTopics({
      topics: [{ topic: `${facts.topicPrefix}orders` }, { topic: 'somebody-elses' }],
    });
    await started[Symbol.asyncDispose]();
    assert.deepEqual(await admin.listTopics(), ['somebody-elses']);
  });
});
