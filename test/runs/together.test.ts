import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
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
        assert.doesNotMatch(result.output, /killed run|unusable/);
      }
      await project.leavesNothing();
    });
  }
});
