import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { runLabel } from '../../support/environment/container-labels';
import { Ledger } from '../../support/environment/leftovers/ledger';
import { eventually } from '../../support/time';
import { Project } from '../runs/project';
import { seededRandom } from '../runs/seeded-random';
import { containersOf, dockerHas, engine, images } from './containers';

const endLimitMs = 15_000;
const usualLengthMs = 12_000;
const serviceImage = process.env.BRINE_TEST_SERVICE_IMAGE ?? 'local/debian:bookworm';
const kills = ['SIGINT', 'SIGKILL', 'SIGTERM', 'SIGKILL', 'SIGINT', 'SIGTERM'] as const;

const files = {
  'schema.sql': 'CREATE TABLE t (id int)',
  'features/a.feature': ['one', 'two', 'three', 'four']
    .map(
      (name) =>
        `  Scenario: ${name}\n    Given cache key "a" is set to "b"\n    Then table "t" has no rows\n    And topic "x" has no events\n`,
    )
    .reduce((text, scenario) => text + scenario, 'Feature: a\n'),
};

/** A service from an image, for which there is a network. */
const answering = `use IO::Socket::INET; $SIG{TERM} = sub { exit 0 };
my $server = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 20, ReuseAddr => 1) or die $!;
while (1) { my $client = $server->accept or next; while (<$client>) { last if /^\\r?$/ }
  print $client "HTTP/1.1 200 X\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n"; close $client }`;
const brine = JSON.stringify({
  kafka: { topics: { x: {} } },
  databases: { main: { sql: ['schema.sql'] } },
  services: {
    api: {
      image: serviceImage,
      containerPort: 8080,
      command: 'exec perl -e "$PROGRAM"',
      env: { PROGRAM: answering, PORT: '{{self.port}}', DATABASE: '{{postgres.url}}' },
    },
  },
});

const env = {
  BRINE_PROVIDER: 'container',
  BRINE_POSTGRES_IMAGE: images.postgres,
  BRINE_REDIS_IMAGE: images.redis,
  BRINE_KAFKA_IMAGE: images.kafka,
};

async function networksOf(runId: string): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${runLabel}=${runId}`] }));
  const { body } = await engine.call('GET', `/networks?filters=${filters}`);
  return (JSON.parse(body.toString()) as { Name: string }[]).map(({ Name }) => Name);
}

async function volumes(): Promise<string[]> {
  const { body } = await engine.call('GET', '/volumes');
  return (
    (JSON.parse(body.toString()) as { Volumes: { Name: string }[] | null }).Volumes?.map((v) => v.Name) ?? []
  );
}

describe('runs with containers that are ended at random moments', { concurrency: 2 }, () => {
  const seed = Number(process.env.BRINE_TEST_SEED ?? randomInt(2 ** 31));
  const random = seededRandom(seed);
  for (const [index, signal] of kills.entries()) {
    const ms = Math.round(((index + random()) / kills.length) * usualLengthMs);
    it(`leave no container, network, volume, process or folder: ${signal} after ${ms} ms`, async (t) => {
      for (const image of [...Object.values(images), serviceImage]) if (!(await dockerHas(image, t))) return;
      t.diagnostic(`BRINE_TEST_SEED=${seed}`);
      await using project = await Project.create({ files, brine });
      const run = project.start(['--parallel', '2'], { env });
      const identities = new Set<string>();
      const mounted = new Set<string>();
      const watch = setInterval(() => {
        for (const path of project.runDirectories()) identities.add(path.replace(/^.*brine-run-/, ''));
      }, 20);
      await Promise.race([new Promise((done) => setTimeout(done, ms)), run.ended]);
      clearInterval(watch);
      for (const id of identities) {
        for (const { Id } of await containersOf(id)) {
          const { body } = await engine.call('GET', `/containers/${Id}/json`);
          const { Mounts = [] } = JSON.parse(body.toString()) as {
            Mounts?: { Type: string; Name: string }[];
          };
          for (const { Type, Name } of Mounts) if (Type === 'volume') mounted.add(Name);
        }
      }
      try {
        run.kill(signal);
      } catch {
        // it was faster this time
      }
      await run.ended;
      await project.leavesNothing(endLimitMs);
      await eventually(
        async () => {
          const containers = await Promise.all([...identities].map(containersOf));
          const left = (await volumes()).filter((name) => mounted.has(name));
          const networks = await Promise.all([...identities].map(networksOf));
          assert.deepEqual([...containers.flat().map(({ Id }) => Id), ...networks.flat(), ...left], []);
        },
        { withinMs: endLimitMs },
      );
    });
  }
});

describe('the reaper', () => {
  it('removes what the engine makes after the run has ended, because it was asked before', async (t) => {
    if (!(await dockerHas(serviceImage, t))) return;
    const runId = randomBytes(4).toString('hex');
    const directory = join(tmpdir(), `brine-reaped-${runId}`);
    mkdirSync(directory);
    t.after(() => rmSync(directory, { recursive: true, force: true }));
    const ledger = new Ledger(directory);
    ledger.labelled(runId, await engine.address());
    const reaper = spawn(process.execPath, [
      resolve(__dirname, '../../support/environment/leftovers/reaper.js'),
      directory,
    ]);
    reaper.stdin.end();
    const isClosed = async () => assert.ok(statSync(join(directory, 'ledger.ndjson')).isDirectory());
    await eventually(isClosed, { withinMs: endLimitMs });

    const plan = { Name: `brine-${runId}`, Labels: { [runLabel]: runId } };
    await engine.demand('POST', '/networks/create', undefined, plan);

    await new Promise((done) => reaper.once('exit', done));
    assert.deepEqual(await networksOf(runId), []);
    assert.throws(() => statSync(directory), /ENOENT/);
  });
});
