import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DockerEngine } from '../../support/environment/docker';
import { kafkaContainer } from '../../support/environment/kafka/container';
import { postgresContainer } from '../../support/environment/postgres/container';
import { redisContainer } from '../../support/environment/redis/container';
import { BrineError } from '../../support/errors';
import { containersOf, dockerHas, engine, images, testRun } from './containers';

const startTimeoutMs = 60_000;
const testPrefix = 'brine_';
const missingImage = 'brine/no-such-image:1';

describe('a container whose image is missing', () => {
  it('is not available, with the reason why it cannot be pulled', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const provider = redisContainer({ image: missingImage, startTimeoutMs, testPrefix }, engine);
    const { available, reason } = await provider.check();
    assert.equal(available, false);
    assert.match(
      reason,
      /^Docker [\d.]+ answers at \S+.*, but brine\/no-such-image:1 is not there and cannot be pulled: \S/,
    );
  });

  it('is refused by start, too', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const provider = redisContainer({ image: missingImage, startTimeoutMs, testPrefix }, engine);
    await assert.rejects(provider.start(testRun(t)), {
      code: 'BRINE_ENV_002',
      message: /^Redis \(container of brine\/no-such-image:1\) did not start: .* cannot be pulled: /,
    });
  });

  it('is looked for, and named, in the mirror of images without a registry', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const mirrored = new DockerEngine({
      ...process.env,
      TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX: '127.0.0.1:1/mirror',
    });
    assert.equal(mirrored.nameOf('redis:7'), '127.0.0.1:1/mirror/redis:7');
    assert.equal(mirrored.nameOf('ghcr.io/valkey:8'), 'ghcr.io/valkey:8');
    const { available, reason } = await mirrored.image(missingImage);
    assert.equal(available, false);
    assert.match(
      reason,
      /, but 127\.0\.0\.1:1\/mirror\/brine\/no-such-image:1 is not there and cannot be pulled: \S/,
    );
  });

  it('has a name that is no image name', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const { available, reason } = await engine.image('No Image!');
    assert.equal(available, false);
    assert.match(reason, /No Image! is not there and cannot be pulled: \S/);
  });
});

describe('a container that does not become ready', () => {
  it('is given up as soon as it ends, with its exit code and the end of its log, and is removed', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const run = testRun(t);
    const begun = performance.now();
    const wrong = kafkaContainer({ image: images.redis, startTimeoutMs, testPrefix }, engine);
    await assert.rejects(wrong.start(run), (error: BrineError) => {
      assert.equal(error.code, 'BRINE_ENV_002');
      assert.match(error.message, /it ended, with exit code 1\b/);
      assert.match(error.message, /the end of its log:\n {4}neither .* is in this image/);
      return true;
    });
    assert.ok(performance.now() - begun < 10_000, 'waited although it had ended');
    assert.deepEqual(await containersOf(run.runId), []);
  });

  it('is given up at the deadline, with the last refusal, and is removed', async (t) => {
    if (!(await dockerHas(images.postgres, t))) return;
    const run = testRun(t);
    const tooShort = postgresContainer({ image: images.postgres, startTimeoutMs: 150, testPrefix }, engine);
    await assert.rejects(tooShort.start(run), (error: BrineError) => {
      assert.equal(error.code, 'BRINE_ENV_002');
      assert.match(
        error.message,
        /^PostgreSQL \(container of .*\) did not start: (no client was served|it was not ready) within /,
      );
      return true;
    });
    assert.deepEqual(await containersOf(run.runId), []);
  });
});

describe('no Docker engine', () => {
  it('is told with the reason: no such socket', async () => {
    const nowhere = new DockerEngine({ DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    const settings = { image: 'redis:7', startTimeoutMs, testPrefix };
    const { available, reason } = await redisContainer(settings, nowhere).check();
    assert.equal(available, false);
    assert.match(
      reason,
      /^no Docker engine answers \(there is no \/nowhere\/docker\.sock \(DOCKER_HOST\)\)$/,
    );
  });

  it('is told with the reason: refused, by TCP', async () => {
    const refused = await new DockerEngine({ DOCKER_HOST: 'tcp://127.0.0.1:1' }).ask();
    assert.match(refused.answers ? '' : refused.reason, /nobody listens at tcp:\/\/127\.0\.0\.1:1/);
  });

  it('is told with the reason: a protocol that testcontainers does not speak', async () => {
    const answer = await new DockerEngine({ DOCKER_HOST: 'ssh://somewhere' }).ask();
    assert.equal(answer.answers, false);
    assert.match(
      answer.answers ? '' : answer.reason,
      /"ssh:\/\/somewhere": testcontainers does not speak ssh:/,
    );
  });

  it('is told within the limit when something else listens and is silent', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'brine-test-'));
    const silent = createServer(() => {});
    const path = join(directory, 'docker.sock');
    await new Promise<void>((resolve) => silent.listen(path, resolve));
    t.after(() => {
      silent.close();
      rmSync(directory, { recursive: true, force: true });
    });
    const begun = performance.now();
    const answer = await new DockerEngine({ DOCKER_HOST: `unix://${path}` }).ask();
    assert.match(answer.answers ? '' : answer.reason, /docker\.sock \(DOCKER_HOST\): no answer within 2 s/);
    assert.ok(performance.now() - begun < 4_500);
  });

  it('makes start fail with the reason, before anything is started', async (t) => {
    const nowhere = new DockerEngine({ DOCKER_HOST: 'ssh://somewhere' });
    const start = redisContainer({ image: 'redis:7', startTimeoutMs, testPrefix }, nowhere).start(testRun(t));
    await assert.rejects(start, (error) => error instanceof BrineError && error.code === 'BRINE_ENV_002');
  });

  it('is asked only once', async () => {
    const one = new DockerEngine({ DOCKER_HOST: 'ssh://somewhere' });
    assert.equal(one.ask(), one.ask());
  });
});

describe('the reaper of testcontainers', () => {
  it('is turned off, saying why, where its image cannot be had', async (t) => {
    if (!(await dockerHas(images.redis, t))) return;
    const env: NodeJS.ProcessEnv = { ...process.env, RYUK_CONTAINER_IMAGE: 'brine/no-such-reaper:1' };
    delete env.TESTCONTAINERS_RYUK_DISABLED;
    const lines: string[] = [];
    await new DockerEngine(env).prepareReaper((line) => lines.push(line));
    assert.equal(env.TESTCONTAINERS_RYUK_DISABLED, 'true');
    assert.match(lines.join('\n'), /^containers: no reaper beside Brine's own \(.*brine\/no-such-reaper:1/);
  });
});
