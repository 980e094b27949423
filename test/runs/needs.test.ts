import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { outcomes, Project, type RunResult } from './project';
import { echo, echoService } from './services';

const steps = `
const { Given, Before } = require('@cucumber/cucumber');
const { parameterType, setup, stepsUsing } = require(${JSON.stringify(require.resolve('../../index.ts'))});
parameterType({ name: 'colour', regexp: /red|green/, transformer: (text) => text });
const doc = (...uses) => ({ doc: 'Test.', examples: ['Given x'], uses });
setup('the {colour} moon shines', doc(), () => {});
setup('a step that says it uses nothing writes to the cache', doc(), async function () { await this.cache.keys('*'); });
setup('a step that says it uses nothing reads a table', doc(), async function () { await this.database().rows('a'); });
setup('a step that says it uses nothing reads events', doc(), async function () { await this.events.ends(); });
setup('a step that does not say what it uses', { doc: 'Test.', examples: ['Given x'] }, () => {});
const cached = stepsUsing('redis');
cached.setup('a step of a library for the cache', { doc: 'Test.', examples: ['Given x'] }, async function () { await this.cache.keys('*'); });
Given("a step of the runner's own", () => {});
Before({ tags: '@hooked' }, async function () { await this.events.ends(); });
`;

const feature = `Feature: needs
  @nothing
  Scenario: nothing
    Given the red moon shines
    And variable "x" is set to 1
    Then within 1 second variable "x" is 1

  @http
  Scenario: http
    When I send GET "/hello"
    Then within 1 second the response status is 200

  @cache
  Scenario: cache
    Given a step of a library for the cache
    And cache key "a" is set to "b"
    Then within 1 second cache key "a" is "b"

  @table
  Scenario: table
    Then within 1 second table "a" has no rows

  @own
  Scenario: own
    Given a step of the runner's own

  @unsaid
  Scenario: unsaid
    Given a step that does not say what it uses

  @hooked
  Scenario: hooked
    Given the green moon shines

  @second
  Scenario: second
    When I send GET "/hello" to second
    Then the response status is 200

  @wrong
  Scenario: wrong cache
    Given a step that says it uses nothing writes to the cache
  @wrong
  Scenario: wrong table
    Given a step that says it uses nothing reads a table
  @wrong
  Scenario: wrong events
    Given a step that says it uses nothing reads events
  @wrong
  Scenario: wrong service
    When I send GET "/hello" to second
  @wrong
  Scenario: wrong default service
    When I send GET "/hello"
`;

const configuration = `{
  services: {
    ${echo.replace('env:', "neededBy: '@http', env:")},
    second: { command: 'node echo.js', env: { PORT: '{{self.port}}' }, neededBy: '@second or @both' },
  },
  databases: { main: { sql: ['a.sql'] } },
  kafka: { topics: { t: {} }, neededBy: '@hooked' },
}`;

describe('a run starts what the chosen scenarios need, and nothing else:', () => {
  let project: Project;
  before(async () => {
    project = await Project.create({
      files: {
        'echo.js': echoService,
        'a.sql': 'CREATE TABLE a (id int PRIMARY KEY);',
        'steps.js': steps,
        'features/needs.feature': feature,
      },
      brine: configuration,
    });
  });
  after(() => project[Symbol.asyncDispose]());

  async function chosen(tags: string, ...args: string[]): Promise<{ result: RunResult; started: string[] }> {
    const result = await project.run(['--tags', tags, ...args]);
    await project.leavesNothing();
    const started = [...result.stderr.matchAll(/^(\w+) +embedded/gm)].map(([, name]) => name!);
    return { result, started: started.sort() };
  }

  for (const [tags, expected] of [
    ['@nothing', []],
    ['@http', []],
    ['@cache', ['redis']],
    ['@table', ['postgres']],
    ['@cache or @table', ['postgres', 'redis']],
    ['@own', ['kafka', 'postgres', 'redis']],
    ['@unsaid', ['kafka', 'postgres', 'redis']],
    ['@hooked', ['kafka']],
    ['@second', []],
  ] as const) {
    it(`${tags}: ${expected.join(', ') || 'no backing service'}`, async () => {
      const { result, started } = await chosen(tags);
      assert.equal(result.exitCode, 0, result.output);
      assert.deepEqual(started, expected);
    });
  }

  it('in parallel lanes, too', async () => {
    const { result, started } = await chosen('@nothing or @cache', '--parallel', '2');
    assert.equal(result.exitCode, 0, result.output);
    assert.deepEqual(started, ['redis']);
  });

  it('what is not started is said, with the reason', async () => {
    const { result } = await chosen('@cache');
    assert.match(result.stderr, /^postgres not started: no chosen scenario uses it/m);
    assert.match(result.stderr, /^second {3}not started: no chosen scenario has the tags @second or @both$/m);
    assert.doesNotMatch(result.stderr, /^redis .*not started/m);
  });

  it('a step that asks for it is told why it is not there, and what would start it', async () => {
    const { result } = await chosen('@wrong');
    assert.equal(result.exitCode, 1);
    assert.deepEqual([...new Set(Object.values(outcomes(result)))], ['FAILED'], result.output);
    for (const store of ['postgres', 'redis', 'kafka']) {
      const told = `${store} was not started for this run: no chosen scenario uses it.*\\n.*uses: \\['${store}'\\].*BRINE_ENV_009`;
      assert.match(result.output, new RegExp(told));
    }
    assert.match(
      result.output,
      /service "second" was not started.*@second or @both\n.*services\.second\.needed/,
    );
    // a service is meant by default because it was declared first, so no other takes its place
    assert.match(result.output, /service "echo" was not started/);
  });
});

it('a tag expression that cannot be read ends the run before anything is started', async () => {
  await using project = await Project.create({
    files: { 'echo.js': echoService, 'features/needs.feature': feature },
    brine: configuration.replace('@second or @both', '(@second'),
  });
  const { output, exitCode } = await project.run();
  assert.notEqual(exitCode, 0);
  assert.match(output, /"services\.second\.neededBy".*\(@second/);
  assert.doesNotMatch(output, /embedded/);
});
