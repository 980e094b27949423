import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RunResult, runOnce } from './project';
import { echo, echoService, passing } from './services';

const files = { 'echo.js': echoService, 'features/echo.feature': passing };

/** Said once, without a stack, and before anything was started. */
function assertRefused({ output, exitCode, messages }: RunResult, ...said: RegExp[]): void {
  assert.equal(exitCode, 1);
  for (const pattern of said) assert.match(output, pattern);
  assert.doesNotMatch(output, /^\s+at /m);
  assert.doesNotMatch(output, /embedded {2}/, 'a backing service was started');
  assert.deepEqual(messages, []);
}

describe('a run with a wrong configuration starts nothing, and', { concurrency: 2 }, () => {
  it('names an unknown key, the nearest and the allowed ones', async () => {
    const result = await runOnce({ files, brine: `{ servces: { ${echo} } }` });
    assertRefused(
      result,
      /unknown configuration key "servces" in brine\(\{\.\.\.\}\)/,
      /did you mean "services"\? allowed here: provider, .*services, stubs/,
      /\[BRINE_CONFIG_001\]/,
    );
  });

  it('names all wrong keys at once, each with its place', async () => {
    const result = await runOnce({ files, brine: `{ services: { echo: { comand: 'x', prot: 1 } } }` });
    assertRefused(
      result,
      /"services\.echo\.comand".*\n.*did you mean "command"\?/,
      /"services\.echo\.prot".*\n.*did you mean "port"\?/,
    );
  });

  it('names a wrong value with those that are allowed', async () => {
    const brine = `{ services: { ${echo} }, redis: { provider: 'embeded' } }`;
    assertRefused(
      await runOnce({ files, brine }),
      /key "redis\.provider" in brine\(\{\.\.\.\}\) has the value "embeded"/,
      /did you mean "embedded"\? expected one of auto, container, compose, embedded, external/,
    );
  });

  it('names a wrong variable of the environment with the nearest', async () => {
    const result = await runOnce({ files, brine: `{ services: { ${echo} } }` }, [], { BRINE_TIMEOT: '5' });
    assertRefused(
      result,
      /unknown configuration key "BRINE_TIMEOT" in the environment/,
      /mean "BRINE_TIMEOUT"/,
    );
  });

  it('names a variable whose value is of the wrong kind', async () => {
    const result = await runOnce({ files, brine: `{ services: { ${echo} } }` }, [], {
      BRINE_SERVICES_ECHO_PORT: 'http',
    });
    assertRefused(result, /"BRINE_SERVICES_ECHO_PORT" in the environment has the value "http"/, /a number/);
  });

  it('names a folder that cannot be made, of the reports or of what is kept, and does not hang', async () => {
    const brine = `{ services: { ${echo} }, databases: { main: {} } }`;
    for (const [name, said] of [
      [
        'BRINE_REPORTS_DIRECTORY',
        /reports\.directory \(BRINE_REPORTS_DIRECTORY\) is \/proc\/nowhere, .*ENOENT/,
      ],
      ['BRINE_CACHE_DIR', /BRINE_CACHE_DIR is \/proc\/nowhere, .*ENOENT/],
    ] as const) {
      const used = 'Feature: f\n  Scenario: s\n    When I run SQL:\n      """\n      SELECT 1\n      """\n';
      const plan = { files: { ...files, 'features/echo.feature': used }, brine };
      const result = await runOnce(plan, [], { [name]: '/proc/nowhere', BRINE_PROVIDER: 'embedded' });
      assert.equal(result.exitCode, 1, result.output);
      assert.match(result.output, said);
      assert.deepEqual(
        result.messages.filter(({ testCaseStarted }) => testCaseStarted),
        [],
      );
    }
  });

  it('names an unknown template with the nearest and the known ones', async () => {
    const brine = `{ services: { echo: { command: 'node echo.js', env: { PORT: '{{self.prt}}' } } } }`;
    assertRefused(
      await runOnce({ files, brine }),
      /configuration of services\.echo\.env\.PORT: .*refers to \{\{self\.prt\}\}, which does not exist/,
      /did you mean "self\.port"\? known here: redis\.url, .*self\.url, self\.port/,
    );
  });

  it('names a service that has neither a command nor an image nor a URL', async () => {
    assertRefused(
      await runOnce({ files, brine: `{ services: { echo: { env: {} } } }` }),
      /service "echo" has neither a command nor an image nor a url/,
      /services\.echo\.command how to start it, .*or services\.echo\.url where it runs/,
    );
  });
});

describe('the templates that the check knows', () => {
  it('are those that a service is given', async () => {
    const names = ['redis.url', 'kafka.brokers', 'kafka.topicPrefix', 'lane.index', 'services.echo.url'];
    const all = [...names, 'stubs.mail.url', 'self.url'].map((name, n) => `T${n}: '{{${name}}}'`).join(', ');
    const { output, exitCode } = await runOnce({
      files,
      brine: `{ stubs: { mail: {} },
        services: { echo: { command: 'node echo.js', env: { PORT: '{{self.port}}', ${all} } } } }`,
    });
    assert.equal(exitCode, 0, output);
  });
});
