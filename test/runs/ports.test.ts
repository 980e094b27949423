import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Project, type RunResult, runOnce } from './project';
import { echo, echoService, passing, usingAll } from './services';

const files = {
  'echo.js': echoService,
  'features/a.feature': passing,
  'schema.sql': 'CREATE TABLE t (id int)',
};

describe('a configured port that is in use is named, with who holds it:', { concurrency: 2 }, () => {
  let holder: Server;
  let port = 0;
  before(async () => {
    holder = createServer();
    await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
    port = (holder.address() as { port: number }).port;
  });
  after(() => holder.close());

  const cases: Array<[string, () => string, RegExp]> = [
    [
      'of a service',
      () => `{ services: { echo: { command: 'node echo.js', port: ${port} } } }`,
      /service "echo" cannot listen .*\(services\.echo\.port\)/,
    ],
    ['of Redis', () => `{ redis: { port: ${port} } }`, /redis cannot listen .*\(redis\.port\)/],
    ['of Kafka', () => `{ kafka: { port: ${port} } }`, /kafka cannot listen .*\(kafka\.port\)/],
    [
      'of a stub',
      () => `{ stubs: { mail: { port: ${port} } } }`,
      /stub "mail" cannot listen .*\(stubs\.mail\.port\)/,
    ],
    [
      'of PostgreSQL',
      () => `{ postgres: { port: ${port} }, databases: { main: { sql: ['schema.sql'] } } }`,
      /PostgreSQL \(embedded\) cannot listen .*\(postgres\.port\)/,
    ],
  ];
  for (const [name, brine, said] of cases) {
    it(name, async () => {
      const plan = { files: { ...files, 'features/all.feature': usingAll }, brine: brine() };
      const { output, exitCode } = await runOnce(plan);
      assert.equal(exitCode, 1);
      const message = output.replace(/\n\s+->/g, ' ->');
      assert.match(message, new RegExp(said.source, 's'));
      assert.match(
        message,
        new RegExp(`127\\.0\\.0\\.1:${port}: the port is in use \\(by .* \\(process ${process.pid}\\)\\)`),
      );
      assert.match(output, /\[BRINE_ENV_003\]/);
    });
  }
});

describe('fixed ports of parallel lanes', () => {
  let result: RunResult;
  before(async () => {
    await using project = await Project.create({
      files: {
        ...files,
        'features/b.feature': passing,
        'features/c.feature': passing,
      },
      brine: `{ redis: { port: 14310 }, kafka: { port: 14320 }, stubs: { mail: { port: 14330 } },
        services: { echo: { command: 'node echo.js', port: 14340, env: { PORT: '{{self.port}}' } } } }`,
    });
    result = await project.run(['--parallel', '2']);
    await project.leavesNothing();
  });

  it('count up from the configured one', () => {
    assert.equal(result.exitCode, 0, result.output);
  });
});

describe('a run that ends', () => {
  it('gives its ports back', async () => {
    await using project = await Project.create({
      files,
      brine: `{ redis: { port: 14350 }, kafka: { port: 14351 }, services: { ${echo} } }`,
    });
    for (const _ of [1, 2]) {
      const { exitCode, output } = await project.run();
      assert.equal(exitCode, 0, output);
    }
  });
});
