import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { type MergedReport, type MergeOptions, mergeReports } from '../../reports/merge-reports';
import { ordersFeature, retryFeature, stepsJs } from './samples';
import { type SmallProject, smallProject } from './small-project';

type Json = Array<{ uri: string; elements: Array<{ line: number; steps: Array<Record<string, unknown>> }> }>;

let project: SmallProject;
let whole: Json;
const inProject = (path: string) => join(project.directory, path);
const shard1 = () => inProject('shard-1.ndjson');
const shard2 = () => inProject('shard-2.ndjson');

before(async () => {
  const files = {
    'features/orders.feature': ordersFeature,
    'features/retry.feature': retryFeature,
    'steps.js': stepsJs,
  };
  project = await smallProject(files, { retry: 1 });
  await Promise.all([
    project.run(['--shard', '1/2', '--parallel', '2', '--format', 'message:shard-1.ndjson']),
    project.run(['--shard', '2/2', '--format', 'message:shard-2.ndjson', '--format', 'json:rest.json']),
    project.run(['--shard', '2/2', '--format', 'message:again.ndjson', '--format', 'json:again.json']),
    project.run(['--format', 'json:whole.json', '--format', 'junit:whole.xml']),
  ]);
  whole = JSON.parse(await readFile(inProject('whole.json'), 'utf8'));
});
after(() => project[Symbol.asyncDispose]());

describe('the merged report of two shards', () => {
  let report: MergedReport;
  let messages: Envelope[];
  before(async () => {
    report = await merge([shard1(), shard2()], { title: 'The <shop>' });
    messages = await messagesIn(inProject('merged/messages.ndjson'));
  });

  it("has the runner's JSON as one run of everything would have written it", async () => {
    const merged: Json = JSON.parse(await readFile(inProject('merged/cucumber.json'), 'utf8'));
    assert.deepEqual(comparable(merged), comparable(whole));
  });

  it('has the same counts and cases in its junit.xml', async () => {
    assert.deepEqual(
      casesIn(await readFile(inProject('merged/junit.xml'), 'utf8')),
      casesIn(await readFile(inProject('whole.xml'), 'utf8')),
    );
  });

  it('is one valid stream: one run, ids that are unique, no reference to what was not announced', () => {
    const kinds = messages.map((message) => Object.keys(message)[0]);
    for (const once of ['meta', 'testRunStarted', 'testRunFinished']) {
      assert.equal(kinds.filter((kind) => kind === once).length, 1, once);
    }
    assert.equal(kinds[0], 'meta');
    assert.equal(kinds.at(-1), 'testRunFinished');
    const { declared, unknown } = references(messages);
    assert.equal(new Set(declared).size, declared.length);
    assert.deepEqual(unknown, []);
  });

  it('announces each feature, pickle and definition once', () => {
    const pickles = messages.flatMap(({ pickle }) => pickle ?? []);
    assert.equal(pickles.length, whole.flatMap(({ elements }) => elements).length);
    assert.equal(messages.filter(({ gherkinDocument }) => gherkinDocument).length, 2);
    const texts = messages.flatMap(
      ({ stepDefinition }) => stepDefinition?.sourceReference.location?.line ?? [],
    );
    assert.equal(new Set(texts).size, texts.length);
  });

  it('tells the workers of different shards apart', () => {
    const workers = messages.flatMap(({ testCaseStarted }) => testCaseStarted?.workerId ?? []);
    assert.deepEqual([...new Set(workers)].sort(), ['1.0', '1.1', '2']);
  });

  it('says on its page, and in its lines, which shard failed and what ran where', async () => {
    const page = await readFile(inProject('merged/html/index.html'), 'utf8');
    for (const text of ['The &lt;shop&gt;', '2, failed: 1, 2', 'shard-1.ndjson', 'Shard 2', '2 lanes']) {
      assert.ok(page.includes(text), text);
    }
    assert.equal(report.passed, false);
    assert.match(report.lines[0]!, /^✗ shard 1 {2}.*shard-1\.ndjson {2}\d scenarios \(✗ .*\), 2 lanes, /);
    assert.match(report.lines[1]!, /^✗ shard 2 {2}.*shard-2\.ndjson {2}\d scenarios \(.*\), 1 lane, /);
    assert.match(report.lines.join('\n'), /\n12 scenarios \(/);
    assert.match(report.lines.at(-1)!, /^report: .*index\.html$/);
  });

  it('names the hooks that failed', async () => {
    const page = await readFile(inProject('merged/html/features/features-orders-feature.html'), 'utf8');
    assert.ok(page.includes('hook &quot;reset the lane&quot;'));
  });

  it('can be merged again', async () => {
    const again = await merge([inProject('merged/messages.ndjson')], { directory: inProject('twice') });
    assert.match(again.lines.join('\n'), /\n12 scenarios \(/);
  });
});

describe('shards that do not add up fail the merge:', () => {
  it('a scenario that ran in two of them', async () => {
    const report = await merge([shard1(), shard2(), inProject('again.ndjson')]);
    assert.equal(report.passed, false);
    assert.match(
      report.lines.join('\n'),
      /shard-2\.ndjson and .*again\.ndjson both ran features\/orders\.feature:\d+ and \d more: was one shard run twice\?/,
    );
  });

  it('fewer than there should be', async () => {
    const report = await merge([shard2()], { shards: 4 });
    assert.equal(report.passed, false);
    assert.match(report.lines.join('\n'), /there are reports of 1 shard, and there should be 4/);
  });
});

describe('a shard that was cut off', () => {
  let report: MergedReport;
  before(async () => {
    const text = await readFile(shard2(), 'utf8');
    const second = text.indexOf('{"testCaseStarted"', text.indexOf('"willBeRetried":false'));
    const inStep = text.indexOf('{"testStepStarted"', second);
    await writeFile(inProject('cut.ndjson'), text.slice(0, text.indexOf('\n', inStep) + 20));
    report = await merge([shard1(), inProject('cut.ndjson')]);
  });

  it('fails, named, with the number of scenarios it never came to', () => {
    assert.equal(report.passed, false);
    assert.match(
      report.lines[1]!,
      /^✗ shard 2 {2}.*cut\.ndjson {2}the run was cut off, 2 scenarios \(.*\), \d never began/,
    );
    assert.match(report.lines.join('\n'), /The run broke off:\n.*cut\.ndjson: the run was cut off/);
  });

  it('is in the report with what it did; the scenario under way failed', async () => {
    const json: Json = JSON.parse(await readFile(inProject('merged/cucumber.json'), 'utf8'));
    const results = json.flatMap(({ elements }) =>
      elements.flatMap(({ steps }) => steps.map((step) => step.result)),
    );
    const cut = results.filter((result) => JSON.stringify(result).includes('the run was cut off here'));
    assert.equal(cut.length, 1);
    assert.match(
      await readFile(inProject('merged/junit.xml'), 'utf8'),
      /<failure><!\[CDATA\[the run was cut off here/,
    );
  });
});

describe('what cannot be merged is refused, naming the file:', () => {
  let folder: string;
  let meta: string;
  let started: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'brine-merge-'));
    const lines = (await readFile(shard1(), 'utf8')).split('\n');
    meta = lines[0]!;
    started = lines.find((line) => line.startsWith('{"testRunStarted"'))!;
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function refused(text: string, message: RegExp): Promise<void> {
    const file = join(folder, 'bad.ndjson');
    await writeFile(file, text);
    await assert.rejects(merge([shard1(), file], { directory: join(folder, 'out') }), message);
    await assert.rejects(readFile(join(folder, 'out/messages.ndjson')), /ENOENT/);
  }

  it('a missing file', () =>
    assert.rejects(merge([join(folder, 'none.ndjson')]), /none\.ndjson: there is no such file/));
  it('a folder', () =>
    assert.rejects(
      merge([folder]),
      /is a folder\n {2}-> give the messages\.ndjson in it {2}\[BRINE_REPORT_001\]/,
    ));
  it('an empty file', () => refused('', /bad\.ndjson is empty/));
  it('blank lines', () => refused('\n\n', /bad\.ndjson has no messages/));
  it('a line that is no JSON', () =>
    refused(`${meta}\n{"pickle":\n${started}\n`, /bad\.ndjson:2 is not valid JSON: /));
  it('text that never was JSON', () => refused('hello', /bad\.ndjson:1 is not valid JSON: /));
  it('JSON of another kind', () => refused('[{"uri": "x"}]', /bad\.ndjson:1 is no message of cucumber's/));
  it('messages without their beginning', () => refused(started, /bad\.ndjson:1 is no message of cucumber's/));
  it('two runs in one file', () =>
    refused(`${meta}\n${started}\n${meta}\n${started}\n`, /bad\.ndjson:4 begins a second run/));
  it('one run given twice', () =>
    assert.rejects(
      merge([shard1(), shard1()]),
      /shard-1\.ndjson and .*shard-1\.ndjson are of the same run\n {2}-> give it once {2}\[BRINE_REPORT_001\]/,
    ));
  it('a copy of a run', () =>
    refused(`${meta}\n${started}\n`, /bad\.ndjson and .*shard-1\.ndjson are of the same run/));
  it('its own output', () =>
    assert.rejects(
      merge([join(folder, 'messages.ndjson')], { directory: folder }),
      /is where the merged report goes\n.*BRINE_REPORT_002/,
    ));

  it('shards of different versions of a feature', () => {
    const source = {
      uri: 'features/orders.feature',
      data: 'Feature: other',
      mediaType: 'text/x.cucumber.gherkin+plain',
    };
    const other = JSON.stringify({ source });
    return refused(
      `${meta}\n${other}\n`,
      /features\/orders\.feature is not the same in .*shard-1\.ndjson and .*bad\.ndjson\n {2}-> only shards of one commit/,
    );
  });

  it('no run at all, with the reason', async () => {
    const file = join(folder, 'unreadable.ndjson');
    const parseError = JSON.stringify({
      parseError: {
        source: { uri: 'features/x.feature', location: { line: 3 } },
        message: '(3:1): expected #EOF',
      },
    });
    await writeFile(file, `${meta}\n${parseError}\n`);
    await assert.rejects(
      merge([file]),
      /unreadable\.ndjson: features\/x\.feature could not be read: \(3:1\): expected #EOF/,
    );
  });
});

function merge(files: readonly string[], options: Partial<MergeOptions> = {}): Promise<MergedReport> {
  return mergeReports({ files, directory: inProject('merged'), title: 'Acceptance', ...options });
}

async function messagesIn(file: string): Promise<Envelope[]> {
  return (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Without times and the names of hooks, in the order of the files. */
function comparable(features: Json): unknown {
  const step = ({ hidden, name, result, ...rest }: Record<string, unknown>) => ({
    ...rest,
    hidden,
    name: hidden ? undefined : name,
    result: { ...(result as object), duration: undefined },
  });
  return [...features]
    .sort((a, b) => a.uri.localeCompare(b.uri))
    .map((feature) => ({
      ...feature,
      elements: [...feature.elements]
        .sort((a, b) => a.line - b.line)
        .map((element) => ({ ...element, steps: element.steps.map(step) })),
    }));
}

function casesIn(xml: string): string[] {
  return xml
    .replace(/ (time|timestamp)="[^"]*"/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^<(testsuite|testcase|failure|skipped)/.test(line));
}

/** The ids that messages announce, and those to which they refer without there being any. */
function references(messages: readonly Envelope[]): { declared: string[]; unknown: string[] } {
  const declared: string[] = [];
  const referred: string[] = [];
  const visit = (value: unknown, key = ''): void => {
    if (typeof value === 'string' && key === 'id') declared.push(value);
    else if (typeof value === 'string' && /Ids?$/.test(key) && key !== 'workerId') referred.push(value);
    else if (Array.isArray(value)) for (const item of value) visit(item, key);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, part] of Object.entries(value)) visit(part, name);
    }
  };
  for (const message of messages) visit(message);
  const known = new Set(declared);
  return { declared, unknown: referred.filter((id) => !known.has(id)) };
}
