import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startInProcessRedis } from '../../support/environment/redis/in-process-server';
import { Project } from './project';
import { echo, echoService } from './services';

describe('two runs at the same time', () => {
  for (const start of ['the first, cold one', 'a later one']) {
    it(`both pass and know nothing of each other: ${start}`, async () => {
      await using project = await Project.create({
        files: {
          'echo.js': echoService,
          'schema.sql': 'CREATE TABLE things (id serial PRIMARY KEY, name text)',
          'features/a.feature': `Feature: a
  Scenario: counts
    Given table "things" receives rows:
      | name |
      | a    |
    And cache key "k" is set to "v"
    When topic "t" receives an event:
      """
      { "n": 1 }
      """
    And I send GET "/hello"
    Then for 500 ms table "things" has 1 row
    And the cache has 1 key like "*"
    And topic "t" has 1 event
`,
        },
        brine: `{ databases: { main: { sql: ['schema.sql'] } }, services: { ${echo} } }`,
      });
      const env = start.includes('cold') ? { BRINE_CACHE_DIR: project.path('cache') } : {};
      // cucumber would write both runs' reports to the same files
      const runs = ['one', 'two'].map((name) =>
        project.run([], { ...env, BRINE_REPORTS_DIRECTORY: `reports/${name}` }),
      );
      for (const [index, result] of (await Promise.all(runs)).entries()) {
        assert.equal(result.exitCode, 0, result.output);
        assert.match(result.output, /1 scenario \(. 1 passed\)/);
        assert.ok(project.has(`reports/${index === 0 ? 'one' : 'two'}/html/index.html`));
        assert.doesNotMatch(result.output, /killed run|unusable|another run/);
      }
      await project.leavesNothing();
    });
  }
});

describe('two runs at the same time on one external Redis that may be reset', () => {
  /** Holds its scenario until the other run is in its own. */
  const meet = `
const { existsSync, writeFileSync } = require('node:fs');
const { When } = require('@cucumber/cucumber');
When('both runs are here', { timeout: 30000 }, async function () {
  writeFileSync(process.env.MEETING + '/' + process.env.BRINE_RUN_ID, '');
  console.log('cache: ' + this.lane.cache.redis.options.db);
  while (require('node:fs').readdirSync(process.env.MEETING).length < 2) await new Promise((done) => setTimeout(done, 10));
});
When('it waits to be killed', { timeout: 60000 }, async () => { console.log('waiting'); await new Promise(() => {}); });
`;
  const plan = (url: string) => ({
    files: {
      'steps.js': meet,
      'features/a.feature': `Feature: a
  Scenario: counts
    Given cache key "k-\${uuid}" is set to "v"
    When both runs are here
    Then for 300 ms the cache has 1 key like "*"
  Scenario: counts again
    Given cache key "k" is set to "v"
    Then for 100 ms the cache has 1 key like "*"
`,
      'features/wait.feature': `Feature: b
  Scenario: waits
    Given cache key "k" is set to "v"
    When it waits to be killed
`,
    },
    brine: `{ redis: { provider: 'external', url: '${url}', mayReset: true } }`,
  });

  it('have databases of their own', async (t) => {
    const server = await startInProcessRedis(0);
    t.after(() => server.close());
    const url = `redis://${server.host}:${server.port}/2`;
    await using one = await Project.create(plan(url));
    await using two = await Project.create(plan(url));
    const env = { MEETING: one.path('tmp') };
    const results = await Promise.all([one, two].map((project) => project.run(['features/a.feature'], env)));
    for (const { exitCode, output } of results) assert.equal(exitCode, 0, output);
    const used = results.map(({ output }) => /cache: (\d+)/.exec(output)?.[1]);
    assert.deepEqual(used.sort(), ['2', '3']);
  });

  it('one that is killed loses its own at once', async (t) => {
    const server = await startInProcessRedis(0);
    t.after(() => server.close());
    const url = `redis://${server.host}:${server.port}/15`;
    await using one = await Project.create(plan(url));
    const killed = one.start(['features/wait.feature']);
    await killed.says(/waiting/);
    const refused = await one.run(['features/a.feature']);
    assert.match(
      refused.output,
      /Redis has no logical database left for it .*: number 15 is used by run [a-z\d]+ \(connected from /,
    );
    killed.kill('SIGKILL');
    await killed.ended;
    const env = { MEETING: one.path('tmp') };
    const next = await one.run(['features/a.feature:6'], env);
    assert.equal(next.exitCode, 0, next.output);
    await one.leavesNothing(5_000);
  });
});
