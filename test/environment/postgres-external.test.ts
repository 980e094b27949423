import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { Client } from 'pg';
import { chooseProvider } from '../../support/environment/choose-provider';
import {
  DatabaseReset,
  openDatabaseLane,
  postgresProviders,
  prepareTemplates,
} from '../../support/environment/postgres';
import { urlOfDatabase, whyTooOld, withConnection } from '../../support/environment/postgres/connection';
import { freshenMarks } from '../../support/environment/postgres/shared-server';
import { query, roleUrl, settings, sharedServer, TestRun } from './postgres';

const server = sharedServer();
const schema = 'CREATE TABLE users (id serial PRIMARY KEY, name text);';

/** The server of these tests, as somebody else's. */
async function external(url?: string) {
  const { facts, project } = await server();
  const run = new TestRun(project);
  const all = { ...settings, url: url ?? facts.url };
  const started = await postgresProviders(all).external.start(run.context);
  return { run, project, all, started, facts: started.facts };
}

async function databases(url: string, like: string): Promise<string[]> {
  const rows = await query<{ datname: string }>(
    url,
    `SELECT datname FROM pg_database WHERE datname LIKE '${like}' ORDER BY 1`,
  );
  return rows.map(({ datname }) => datname);
}

test('the check tells the version, or why there is none, and never the password', async () => {
  const { facts } = await server();
  const there = await postgresProviders({ ...settings, url: facts.url }).external.check();
  assert.match(there.reason, /^PostgreSQL 18\.\d+ at postgres:\/\/postgres:\*\*\*@127/);
  const wrong = new URL(facts.url);
  wrong.password = 'wrong-secret';
  const refused = await postgresProviders({ ...settings, url: wrong.href }).external.check();
  assert.equal(refused.available, false);
  assert.match(refused.reason, /password authentication failed/);
  assert.doesNotMatch(refused.reason, /wrong-secret/);
  const nobody = await postgresProviders({ ...settings, url: 'postgres://127.0.0.1:1/x' }).external.check();
  assert.match(nobody.reason, /ECONNREFUSED/);
  assert.equal((await postgresProviders(settings).external.check()).available, false);
});

test('the check is bounded when the server does not answer', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => silent.once('listening', listening));
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const { reason } = await postgresProviders({
      ...settings,
      url: `postgres://127.0.0.1:${port}/x`,
    }).external.check();
    assert.match(reason, /no answer within 3 s/);
  } finally {
    silent.close();
  }
});

test("a run's databases are dropped at its end, its template stays, others are not touched", async () => {
  const { run, project, all, started, facts } = await external();
  await query(facts.url, 'CREATE DATABASE precious', 'CREATE DATABASE brine_precious');
  const declaration = project.database('shop', schema);
  const templates = await prepareTemplates(facts, [declaration], all, run.context);
  const lane = (index: number) =>
    openDatabaseLane({ ...facts, templates }, [declaration], { runId: run.context.runId, index }, all);
  const first = await lane(0);
  await lane(1); // never disposed: its worker died
  const connected = new Client(first.facts[0]!.url);
  connected.on('error', () => {});
  await connected.connect();
  assert.equal((await databases(facts.url, `brine_${run.context.runId}_%`)).length, 2);
  await first[Symbol.asyncDispose]();
  assert.deepEqual(await databases(facts.url, `brine_${run.context.runId}_%`), [
    `brine_${run.context.runId}_1_shop`,
  ]);
  await started[Symbol.asyncDispose]();
  assert.deepEqual(await databases(facts.url, `brine_${run.context.runId}_%`), []);
  assert.deepEqual(await databases(facts.url, '%precious'), ['brine_precious', 'precious']);
  assert.deepEqual(await databases(facts.url, 'brine_tpl_shop_%'), [templates[0]!.template]);
  await connected.end();
  run[Symbol.dispose]();
});

test('a template is made once by two runs at the same time', async () => {
  const one = await external();
  const two = await external();
  const declaration = one.project.database('once', schema);
  const made = await Promise.all(
    [one, two].map(({ facts, all, run }) => prepareTemplates(facts, [declaration], all, run.context)),
  );
  assert.deepEqual(made[0], made[1]);
  const reports = [...one.run.reports, ...two.run.reports].filter((line) => line.includes('migrated'));
  assert.equal(reports.length, 1);
  for (const { started, run } of [one, two]) {
    await started[Symbol.asyncDispose]();
    run[Symbol.dispose]();
  }
});

test('a template of earlier migrations is removed once nobody has used it for an hour', async () => {
  const { run, project, all, facts } = await external();
  const [old] = await prepareTemplates(facts, [project.database('aged', schema)], all, run.context);
  const newer = project.database('aged', `${schema} CREATE TABLE more (i int);`);
  await prepareTemplates(facts, [newer], all, run.context);
  assert.equal(
    (await databases(facts.url, 'brine_tpl_aged_%')).length,
    2,
    'another run may be about to clone it',
  );
  const mark = JSON.stringify({ brine: 'template', database: 'aged', usedAt: '2020-01-01T00:00:00Z' });
  await query(facts.url, `COMMENT ON DATABASE "${old!.template}" IS '${mark}'`);
  const [current] = await prepareTemplates(facts, [newer], all, run.context);
  assert.deepEqual(await databases(facts.url, 'brine_tpl_aged_%'), [current!.template]);
  run[Symbol.dispose]();
});

test('databases of dead runs are swept (of other hosts: silent for an hour); those of live runs and other makers are not', async () => {
  const { facts } = await server();
  const host = `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  const dead = spawnSync('true').pid;
  const far = (minutesAgo: number) => {
    const aliveAt = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    return JSON.stringify({ brine: 'run', run: 'far', host: 'elsewhere', pid: dead, identity: '1', aliveAt });
  };
  const marks: Record<string, string> = {
    brine_dead_0_shop: JSON.stringify({ brine: 'run', run: 'dead', host, pid: dead, identity: '1' }),
    brine_far_0_shop: far(59),
    brine_silent_0_shop: far(61),
    brine_made_by_hand: 'ours',
  };
  for (const [name, mark] of Object.entries(marks)) {
    await query(facts.url, `CREATE DATABASE ${name}`, `COMMENT ON DATABASE ${name} IS '${mark}'`);
  }
  const live = await external();
  const declaration = live.project.database('live', schema);
  const templates = await prepareTemplates(live.facts, [declaration], live.all, live.run.context);
  const lane = await openDatabaseLane(
    { ...live.facts, templates },
    [declaration],
    { runId: live.run.context.runId, index: 0 },
    live.all,
  );
  const next = await external();
  assert.deepEqual(await databases(facts.url, 'brine_dead%'), []);
  assert.deepEqual(await databases(facts.url, 'brine_far%'), ['brine_far_0_shop']);
  assert.deepEqual(await databases(facts.url, 'brine_silent%'), []);
  assert.deepEqual(await databases(facts.url, 'brine_made%'), ['brine_made_by_hand']);
  await query(lane.facts[0]!.url, 'SELECT * FROM users');
  for (const { started, run } of [next, live]) {
    await started[Symbol.asyncDispose]();
    run[Symbol.dispose]();
  }
});

test('a run says again and again that it is alive', async () => {
  const { facts, run, started, all, project } = await external();
  const declaration = project.database('alive', schema);
  const templates = await prepareTemplates(facts, [declaration], all, run.context);
  const { runId } = run.context;
  await openDatabaseLane({ ...facts, templates }, [declaration], { runId, index: 0 }, all);
  const name = `brine_${runId}_0_alive`;
  const comment = async () => {
    const sql = `SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = '${name}'`;
    return JSON.parse((await query<{ mark: string }>(facts.url, sql))[0]!.mark);
  };
  const before = await comment();
  await withConnection(facts.url, 'test', (admin) => freshenMarks(admin, 'brine_', runId));
  const { aliveAt, ...after } = await comment();
  assert.ok(aliveAt > before.aliveAt);
  assert.deepEqual({ ...after, aliveAt: before.aliveAt }, before);
  await started[Symbol.asyncDispose]();
  run[Symbol.dispose]();
});

test('a role that may not create databases is told what to ask for', async () => {
  const { facts: own } = await server();
  const { run, project, all, facts } = await external(await roleUrl(own.url, 'humble', 'NOCREATEDB'));
  await assert.rejects(prepareTemplates(facts, [project.database('humble', schema)], all, run.context), {
    code: 'BRINE_ENV_008',
    message:
      /the role "humble" may not create databases[\s\S]*ALTER ROLE "humble" CREATEDB[\s\S]*databases\.<name>\.url/,
  });
  run[Symbol.dispose]();
});

test('a role that may not create databases is refused by the check, with the command that lets it', async () => {
  const { facts } = await server();
  const url = await roleUrl(facts.url, 'meek', 'NOCREATEDB');
  const answer = await postgresProviders({ ...settings, url }).external.check();
  assert.equal(answer.available, false);
  assert.match(answer.reason, /the role "meek" may not create databases, and Brine makes its own/);
  assert.equal(answer.command, `sudo -u postgres psql -c 'ALTER ROLE "meek" CREATEDB'`);
  const chosen = chooseProvider('postgres', 'external', [postgresProviders({ ...settings, url }).external]);
  await assert.rejects(chosen, ({ message }: Error) => message.includes(`-> \`${answer.command}\`, or take`));
});

test('a server that is older than 14 is refused, with its version', () => {
  assert.equal(
    whyTooOld('PostgreSQL 13.23'),
    'PostgreSQL 13.23 is too old: PostgreSQL 14 or newer is needed',
  );
  assert.equal(whyTooOld('PostgreSQL 14.0'), undefined);
});

test("somebody's own database, of which the role owns no table, cannot be reset: the error says what role can", async () => {
  const { facts } = await server();
  await query(facts.url, 'CREATE DATABASE brine_guests');
  await query(urlOfDatabase(facts.url, 'brine_guests'), schema);
  const url = await roleUrl(facts.url, 'guest', '', 'brine_guests');
  const lane = { database: 'main', url, mayReset: true, whyNot: '' };
  await assert.rejects(DatabaseReset.open(lane), {
    code: 'BRINE_DB_002',
    message:
      /database "main" could not be reset: Brine cannot watch what is written to it \(postgres:\/\/guest:\*\*\*@\S+\/brine_guests\): permission denied.*\n {2}-> name a role in its URL that owns its tables/,
  });
});

test('two roles have a template each of the same migrations on one server', async () => {
  const { facts: own } = await server();
  const names = [];
  const urlOfFirst = await roleUrl(own.url, 'first_builder', 'CREATEDB');
  const urlOfSecond = await roleUrl(own.url, 'second_builder', 'CREATEDB');
  for (const url of [urlOfFirst, urlOfSecond, urlOfSecond]) {
    const { run, project, all, facts, started } = await external(url);
    const declaration = project.database('ofeach', schema);
    const templates = await prepareTemplates(facts, [declaration], all, run.context);
    names.push(templates[0]?.template);
    const lane = { runId: run.context.runId, index: 0 };
    const { facts: databases } = await openDatabaseLane({ ...facts, templates }, [declaration], lane, all);
    await query(databases[0]!.url, `INSERT INTO users (name) VALUES ('x')`);
    await started[Symbol.asyncDispose]();
    run[Symbol.dispose]();
  }
  const [first, second, again] = names;
  assert.match(first!, /^brine_tpl_ofeach_\w{12}$/);
  assert.equal(second, `${first}_second_builder`);
  assert.equal(again, second);
});

test('a role that may create databases but is no superuser gets working lanes', async () => {
  const { facts: own } = await server();
  const { run, project, all, facts, started } = await external(await roleUrl(own.url, 'builder', 'CREATEDB'));
  const declaration = project.database('built', schema);
  const templates = await prepareTemplates(facts, [declaration], all, run.context);
  const lane = await openDatabaseLane(
    { ...facts, templates },
    [declaration],
    { runId: run.context.runId, index: 0 },
    all,
  );
  await query(lane.facts[0]!.url, `INSERT INTO users (name) VALUES ('x')`);
  await started[Symbol.asyncDispose]();
  assert.deepEqual(await databases(own.url, `brine_${run.context.runId}_%`), []);
  run[Symbol.dispose]();
});

test("somebody's own database is used as it is, and may be reset only by its name or by the configuration's word", async () => {
  const { run, all, facts } = await external();
  const names = ['brine_orders', 'production'];
  for (const name of names) await query(facts.url, `CREATE DATABASE ${name}`);
  const lane = { runId: run.context.runId, index: 0 };
  const whyNot = async (database: string, mayReset?: boolean) => {
    const declaration = { name: 'orders', inputs: [], url: urlOfDatabase(facts.url, database), mayReset };
    assert.deepEqual(await prepareTemplates(facts, [declaration], all, run.context), []);
    const { facts: databases } = await openDatabaseLane(
      { ...facts, templates: [] },
      [declaration],
      lane,
      all,
    );
    assert.equal(databases[0]!.url, declaration.url);
    assert.equal(databases[0]!.mayReset, databases[0]!.whyNot === '');
    return databases[0]!.whyNot;
  };
  assert.equal(await whyNot('brine_orders'), '');
  assert.equal(await whyNot('production', true), '');
  assert.match(
    await whyNot('production'),
    /"production".*does not begin with "brine_", and databases\.orders\.mayReset is not true/,
  );
  assert.doesNotMatch(await whyNot('production'), new RegExp(new URL(facts.url).password));
  for (const name of names) await query(facts.url, `DROP DATABASE ${name} (FORCE)`);
  run[Symbol.dispose]();
});

test('long names stay within what the server keeps, and apart', async () => {
  const { run, project, all, facts, started } = await external();
  const long = 'a_database_with_a_name_that_is_much_longer_than_anybody_needs';
  const declarations = [project.database(`${long}_1`, schema), project.database(`${long}_2`, schema)];
  const templates = await prepareTemplates(facts, declarations, all, run.context);
  const lane = await openDatabaseLane(
    { ...facts, templates },
    declarations,
    { runId: run.context.runId, index: 0 },
    all,
  );
  const urls = new Set(lane.facts.map(({ url }) => url));
  assert.equal(urls.size, 2);
  for (const url of urls) await query(url, `INSERT INTO users (name) VALUES ('x')`);
  await lane[Symbol.asyncDispose]();
  await started[Symbol.asyncDispose]();
  run[Symbol.dispose]();
});

test('a database that is named by a URL of its own and cannot be reached is told by its key, without its password', async () => {
  const { all, facts, run, project } = await external();
  const url = new URL(facts.url);
  url.password = 'wr0ng';
  url.pathname = '/nobodys';
  const declaration = { ...project.database('far', schema), url: url.href };
  const lane = openDatabaseLane(
    { ...facts, templates: [] },
    [declaration],
    { runId: run.context.runId, index: 0 },
    all,
  );
  await assert.rejects(lane, (error: Error) => {
    assert.match(error.message, /"databases\.far\.url".*nobodys/);
    assert.doesNotMatch(error.message, /wr0ng/);
    return true;
  });
});
