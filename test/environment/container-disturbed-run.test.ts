import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Project } from '../runs/project';
import { dockerHas, images } from './containers';

const steps = `const { When } = require('@cucumber/cucumber');
When('{word} is restarted', { timeout: 60000 }, async function (name) {
  await this.lane.container(name).restart();
});`;

const feature = `Feature: backing services that are restarted
  Scenario: the database has its rows
    When postgres is restarted
    Then within 5 seconds table "t" has 1 row
  Scenario: and is reset as before
    Then table "t" has 1 row
  Scenario: the cache has its keys
    Given cache key "a" is set to "b"
    When redis is restarted
    Then within 5 seconds cache key "a" is "b"
  Scenario: topics have their events, and new ones are seen
    When topic "x" receives an event:
      """
      { "n": 1 }
      """
    And kafka is restarted
    And topic "x" receives an event:
      """
      { "n": 2 }
      """
    Then within 20 seconds topic "x" has 2 events
  Scenario: and the next scenario begins with none
    Then topic "x" has no events
    And table "t" has 1 row
`;

it('a run goes on when its scenarios restart durable containers, and ends', async (t) => {
  for (const image of Object.values(images)) if (!(await dockerHas(image, t))) return;
  const files = {
    'schema.sql': 'CREATE TABLE t (id int PRIMARY KEY)',
    'seed.sql': 'INSERT INTO t VALUES (1)',
    'steps.js': steps,
    'features/a.feature': feature,
  };
  const durable = { durable: true };
  const databases = { main: { sql: ['schema.sql'], seed: ['seed.sql'] } };
  const brine = JSON.stringify({ databases, postgres: durable, redis: durable, kafka: durable });
  await using project = await Project.create({ files, brine });
  const result = await project.run([], {
    BRINE_PROVIDER: 'container',
    BRINE_POSTGRES_IMAGE: images.postgres,
    BRINE_REDIS_IMAGE: images.redis,
    BRINE_KAFKA_IMAGE: images.kafka,
  });
  assert.equal(result.exitCode, 0, result.output);
  await project.leavesNothing();
});
