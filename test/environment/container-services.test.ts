import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it, type TestContext } from 'node:test';
import { Project, type ProjectPlan } from '../runs/project';
import { dockerHas, engine, images, reapedMs } from './containers';

/** Any image with a shell and Perl; that of the local images is the smallest. */
const image = process.env.BRINE_TEST_SERVICE_IMAGE ?? 'local/debian:bookworm';

/**
 * A tiny HTTP service: `/health` answers 200; `/redis`, `/postgres`, `/kafka`, `/stub` and `/other` answer 200 when
 * it could speak to that at the address in the variable of that name, else 500 with the reason; `/die` ends it.
 */
const program = String.raw`
use IO::Socket::INET; $| = 1; $SIG{TERM} = sub { exit 0 }; $SIG{PIPE} = 'IGNORE';
my %say = (redis => "PING\r\n", postgres => pack('NN', 8, 80877103), stub => "GET /pay HTTP/1.0\r\n\r\n",
  other => "GET /health HTTP/1.0\r\n\r\n");
my $metadata = pack('nnNn/a*N', 3, 1, 7, 'test', 0); $say{kafka} = pack('N/a*', $metadata);
my %hear = (redis => qr/^\+PONG/, postgres => qr/^N/, stub => qr/^HTTP/, other => qr/ 200 /, kafka => qr/kafka\0\0\x23\x87/);
sub ask { my $name = shift; my $value = $ENV{uc $name} // ''; my ($at) = $value =~ m{(?:@|//|^)([\w.-]+:\d+)(?:[/,]|$)};
  my $peer = IO::Socket::INET->new(PeerAddr => $at, Timeout => 3) or return "$value: $!";
  print $peer $say{$name}; sysread($peer, my $heard, 4096);
  return $heard =~ $hear{$name} ? '' : "$value said " . unpack('H*', $heard // '') }
my $server = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 20, ReuseAddr => 1) or die $!;
print "listening\n";
while (1) {
  my $client = $server->accept or next; my $line = <$client>; while (<$client>) { last if /^\r?$/ }
  my (undef, $path) = split ' ', $line; $path =~ s{^/}{};
  if ($path eq 'die') { print "the database is on fire\n"; exit 7 }
  my $wrong = exists $say{$path} ? ask($path) : ''; print "asked for $path: $wrong\n" if $path ne 'health';
  print $client 'HTTP/1.1 ' . ($wrong ? 500 : 200) . " X\r\nContent-Length: " . length($wrong) . "\r\nConnection: close\r\n\r\n$wrong";
  close $client }
`;

const env = {
  PROGRAM: program,
  PORT: '{{self.port}}',
  POSTGRES: '{{postgres.url}}',
  REDIS: '{{redis.url}}',
  STUB: '{{stubs.payments.url}}',
};
const command = 'exec perl -e "$PROGRAM"';

function asking(...names: string[]): string {
  const steps = names.map((name) => `    When I send GET "/${name}"\n    Then the response status is 200`);
  return `Feature: reach\n  Scenario: it reaches what it names\n${steps.join('\n')}\n`;
}

function plan(feature: string, more: object = {}, service: object = {}): ProjectPlan {
  const configuration = {
    databases: { main: { sql: ['schema.sql'] } },
    stubs: { payments: {} },
    services: { asker: { image, containerPort: 8080, command, env, ...service } },
    ...more,
  };
  const files = { 'features/a.feature': feature, 'schema.sql': 'CREATE TABLE things (id int)' };
  return { files, brine: JSON.stringify(configuration) };
}

/** Containers and networks of runs of the tests' own; those of other tests at the same time have another label. */
async function left(): Promise<number> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['brine.service=asker'] }));
  const containers = JSON.parse(
    (await engine.demand('GET', `/containers/json?all=true&filters=${filters}`)).toString(),
  );
  return containers.length;
}

async function networks(): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['brine.run'] }));
  const found = JSON.parse((await engine.demand('GET', `/networks?filters=${filters}`)).toString());
  return found.map(({ Name }: { Name: string }) => Name);
}

async function runs(given: ProjectPlan, environment: NodeJS.ProcessEnv, args: string[] = []) {
  const before = await networks();
  await using project = await Project.create(given);
  const result = await project.run(args, environment);
  await project.leavesNothing();
  assert.equal(await left(), 0, 'a container of a service is left');
  assert.deepEqual(
    (await networks()).filter((name) => !before.includes(name)),
    [],
  );
  return result;
}

const embedded = { BRINE_PROVIDER: 'embedded' };
const inContainers = {
  BRINE_PROVIDER: 'container',
  BRINE_POSTGRES_IMAGE: images.postgres,
  BRINE_REDIS_IMAGE: images.redis,
  BRINE_KAFKA_IMAGE: images.kafka,
};

async function possible(t: TestContext, ...wanted: string[]): Promise<boolean> {
  for (const name of wanted) if (!(await dockerHas(name, t))) return false;
  return true;
}

describe('a service under test that is an image', () => {
  it('reaches containers by their names, stubs and its neighbours, in each lane', async (t) => {
    if (!(await possible(t, image, ...Object.values(images)))) return;
    const all = { ...env, KAFKA: '{{kafka.brokers}}', OTHER: '{{services.other.url}}' };
    const other = { image, containerPort: 8080, command, env: { PROGRAM: program, PORT: '{{self.port}}' } };
    const services = { asker: { image, containerPort: 8080, command, env: all }, other };
    const feature = asking('postgres', 'redis', 'kafka', 'stub', 'other');
    const twice = `${feature}${feature.replace(/^Feature.*\n/, '')}`;
    const result = await runs(plan(twice, { services }), inContainers, ['--parallel', '2']);
    assert.equal(result.exitCode, 0, result.output);
  });

  it('reaches embedded servers and stubs, which listen on loopback only', async (t) => {
    if (!(await possible(t, image))) return;
    const result = await runs(plan(asking('postgres', 'redis', 'stub')), embedded);
    assert.equal(result.exitCode, 0, result.output);
  });

  it('is refused where Kafka is embedded and named, with what to do', async (t) => {
    if (!(await possible(t, image))) return;
    const service = { env: { ...env, KAFKA: '{{kafka.brokers}}' } };
    const result = await runs(plan(asking('kafka'), {}, service), embedded);
    assert.notEqual(result.exitCode, 0);
    assert.match(
      result.output,
      /service "asker" runs in a container and names \{\{kafka\.brokers\}\}, but Kafka \(embedded\) advertises 127\.0\.0\.1, /,
    );
    assert.match(result.output, /set kafka\.provider to "container"/);
  });

  it('that dies is named, with its exit code and the end of its log, and runs again in the next scenario', async (t) => {
    if (!(await possible(t, image))) return;
    const feature = `Feature: death
  Scenario: it dies
    When I send GET "/die"
    Then the response status is 200
  Scenario: it lives
    When I send GET "/redis"
    Then the response status is 200
`;
    const result = await runs(plan(feature), embedded);
    assert.match(result.output, /service "asker" ended with code 7 during the run/);
    assert.match(result.output, /the database is on fire/);
    assert.match(result.output, /its image was: .*, its command: exec perl/);
    assert.match(result.output, /2 scenarios \(.*1 failed.*1 passed.*\)/);
  });

  it('that does not start is told with the end of its log, and nothing of it is left', async (t) => {
    if (!(await possible(t, image))) return;
    const service = { command: 'echo no such luck; exit 3' };
    const result = await runs(plan(asking('redis'), {}, service), embedded);
    assert.notEqual(result.exitCode, 0);
    assert.match(result.output, /service "asker" ended with code 3 while it was starting/);
    assert.match(result.output, /no such luck/);
  });

  it('whose image is missing is told before anything is started', async (t) => {
    if (!(await possible(t, image))) return;
    const result = await runs(plan(asking('redis'), {}, { image: 'brine/no-such-image:1' }), embedded);
    assert.notEqual(result.exitCode, 0);
    assert.match(result.output, /service "asker" \(container of brine\/no-such-image:1\) did not start: /);
  });

  it('is removed with its network when the run is killed', async (t) => {
    if (!(await possible(t, image, images.redis))) return;
    const before = await networks();
    const feature = 'Feature: hang\n  Scenario: it hangs\n    When I hang\n';
    const hang = `const { When } = require('@cucumber/cucumber');
      When('I hang', { timeout: 60000 }, () => { console.log('it hangs'); return new Promise(() => {}); });`;
    const given = plan(feature);
    const files = { ...given.files, 'steps.js': hang };
    await using project = await Project.create({ ...given, files });
    const run = project.start([], {
      env: { ...embedded, BRINE_REDIS_PROVIDER: 'container', BRINE_REDIS_IMAGE: images.redis },
    });
    await run.says(/it hangs/);
    assert.equal(await left(), 1);
    run.kill('SIGKILL');
    await run.ended;
    const begun = performance.now();
    while ((await left()) > 0 || (await networks()).some((name) => !before.includes(name))) {
      assert.ok(performance.now() - begun < 15_000, 'still there');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await project.leavesNothing(reapedMs);
  });
});

/** As a team has it: fixed names and ports that two copies could not share, and another service that it waits for. */
const composeFile = `services:
  asker-of-the-team:
    image: ${image}
    container_name: asker
    entrypoint: ["sh", "-c"]
    command: ['exec perl -e "$$PROGRAM"']
    environment: { PORT: 80, REDIS: "redis://cache:6379", FROM_THE_FILE: "a $$ign" }
    ports: ["15999:80"]
    volumes: [ "data:/data" ]
    depends_on: [cache]
  cache:
    image: brine/no-such-image:1
volumes: { data: {} }
`;

function composedPlan(feature: string, service: object = {}): ProjectPlan {
  const given = plan(feature, {
    compose: { file: 'ops/compose.yml' },
    services: { asker: { compose: 'asker-of-the-team', containerPort: 8080, env, ...service } },
  });
  return { ...given, files: { ...given.files, 'ops/compose.yml': composeFile } };
}

async function withCompose(t: TestContext): Promise<boolean> {
  if (!(await possible(t, image))) return false;
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'ignore' });
    return true;
  } catch {
    t.skip('docker compose (version 2) is not installed');
    return false;
  }
}

async function volumes(): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: ['com.docker.compose.volume=data'] }));
  const answer = JSON.parse((await engine.demand('GET', `/volumes?filters=${filters}`)).toString());
  return (answer.Volumes ?? []).map(({ Name }: { Name: string }) => Name);
}

describe('a service under test of a compose file', () => {
  it('is copied for each lane, without its ports and what it depends on, and reaches what its variables name', async (t) => {
    if (!(await withCompose(t))) return;
    const feature = asking('postgres', 'redis', 'stub');
    const twice = `${feature}${feature.replace(/^Feature.*\n/, '')}`;
    const before = await volumes();
    const result = await runs(composedPlan(twice), embedded, ['--parallel', '2']);
    assert.equal(result.exitCode, 0, result.output);
    assert.deepEqual(
      (await volumes()).filter((name) => !before.includes(name)),
      [],
    );
  });

  it('that dies is named, with its exit code and the end of its log, and runs again in the next scenario', async (t) => {
    if (!(await withCompose(t))) return;
    const feature = `Feature: death
  Scenario: it dies
    When I send GET "/die"
    Then the response status is 200
  Scenario: it lives
    When I send GET "/redis"
    Then the response status is 200
`;
    const result = await runs(composedPlan(feature), embedded);
    assert.match(result.output, /service "asker" ended with code 7 during the run/);
    assert.match(result.output, /the database is on fire/);
    assert.match(result.output, /it is the service "asker-of-the-team" of ops\/compose\.yml/);
    assert.match(result.output, /2 scenarios \(.*1 failed.*1 passed.*\)/);
  });

  it('that the file does not have is told before anything is started, with the nearest', async (t) => {
    if (!(await withCompose(t))) return;
    const result = await runs(composedPlan(asking('redis'), { compose: 'asker-of-the-tem' }), embedded);
    assert.notEqual(result.exitCode, 0);
    assert.match(
      result.output,
      /services\.asker\.compose: ops\/compose\.yml has no service "asker-of-the-tem".*asker-of-the-team/s,
    );
  });
});
