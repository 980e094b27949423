import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { presentable } from '../../reports/html-features';
import { buildHtmlReport } from '../../reports/html-report';
import { ordersFeature, retryFeature, stepsJs } from './samples';
import { type SmallProject, smallProject } from './small-project';

const facts = {
  title: 'The shop <acceptance>',
  metadata: [{ label: 'postgres', value: 'embedded: <18.4>' }],
  startedAt: new Date('2026-01-02T03:04:05Z'),
  finishedAt: new Date('2026-01-02T03:06:10Z'),
};

describe('the HTML report of a real run', () => {
  let project: SmallProject;
  let index: string;
  let overview: string;
  let orders: string;
  const printed: string[] = [];

  before(async () => {
    project = await smallProject(
      {
        'features/orders.feature': ordersFeature,
        'features/retry.feature': retryFeature,
        'features/copies/retry.feature': retryFeature,
        'steps.js': stepsJs,
        'style.css': 'LEAKED',
        'generic.js': 'LEAKED',
      },
      { retry: 1 },
    );
    await project.run(['--parallel', '2']);
    index = await quietly(printed, () =>
      inFolder(project.directory, () =>
        buildHtmlReport({ ...facts, json: 'out/cucumber.json', directory: 'out/html' }),
      ),
    );
    overview = await readFile(index, 'utf8');
    orders = await readFile(join(index, '../features/features-orders-feature.html'), 'utf8');
  });
  after(() => project[Symbol.asyncDispose]());

  it('lists the features and the facts about the run', () => {
    assert.equal(index, join(project.directory, 'out/html/index.html'));
    assert.ok(overview.includes('The shop &lt;acceptance&gt;'));
    assert.ok(overview.includes('Orders &lt;of&gt; users &amp; others'));
    assert.ok(overview.includes('embedded: &lt;18.4&gt;'));
    assert.ok(overview.includes('2026-01-02 03:04:05 UTC'));
    assert.ok(overview.includes('2 min 5 s'));
  });

  it('has a page for each feature, named for its file, also where two features share a name', async () => {
    assert.deepEqual((await readdir(join(index, '../features'))).sort(), [
      'features-copies-retry-feature.html',
      'features-orders-feature.html',
      'features-retry-feature.html',
    ]);
  });

  it('shows scenarios, steps, tables, errors and attached texts as they were written', () => {
    for (const text of [
      'an order is &lt;rejected&gt; &amp; refused',
      'a user &quot;ann &lt;b&gt;&quot;',
      '<td>a &lt; b</td>',
      'Caused by: Error: connection refused',
      'the last &lt;line&gt; &amp; more',
      '{not json',
      '&quot;name&quot;: &quot;&lt;b&gt;&quot;',
      'near its deadline: 4.6 s of 5 s',
      'logged',
      'data:image/png;base64,iVBOR',
    ]) {
      assert.ok(orders.includes(text), text);
    }
    assert.doesNotMatch(orders, /<rejected>|<line>|<p>some/);
  });

  it('shows hooks that failed, and not those that passed', () => {
    assert.ok(orders.includes('Error: the lane is gone'));
    assert.ok(orders.includes('Error: no evidence'));
    assert.deepEqual(orders.match(/>(Before|After)</g), ['>Before<', '>After<']);
  });

  it('cuts a huge text and says so', () => {
    assert.match(orders, /\[\.\.\. 1,920,000 characters are left out here: see cucumber\.json \.\.\.\]/);
    assert.ok(orders.length < 400_000);
  });

  it('keeps an attached page in a frame without rights', () => {
    assert.ok(orders.includes('<iframe sandbox srcdoc="&lt;p&gt;some &lt;b&gt;html'));
  });

  it('counts a retried scenario once', () => {
    const rows = overview.match(/<tr>\s*<td>\s*<a href="features\/features-retry[\s\S]*?<\/tr>/)?.[0] ?? '';
    const counts = [...rows.matchAll(/<td[^>]*>\s*(\d+)\s*<\/td>/g)].map(([, number]) => Number(number));
    assert.deepEqual(counts.slice(0, 3), [2, 1, 1]);
  });

  it('needs no network, prints nothing and takes no template from the project', () => {
    assert.doesNotMatch(overview + orders, /(?:src|href)="(?:https?:)?\/\//);
    assert.doesNotMatch(overview + orders, /LEAKED/);
    assert.deepEqual(printed, []);
  });

  it('opens in a browser with the failures unfolded', { timeout: 30_000 }, async (t) => {
    const page = pathToFileURL(join(index, '../features/features-orders-feature.html')).href;
    const dom = await domInBrowser(page);
    if (dom === undefined) return t.skip('no chromium here');
    const scenario = dom.slice(dom.indexOf('an order with a cause'), dom.indexOf('an order of tea'));
    assert.match(scenario, /class="x_content" style="display: block;"/);
    assert.match(scenario, /id="error\d+-\d+-error" class="scenario-step-collapse collapse show"/);
  });
});

describe('building the HTML report', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'brine-html-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const build = (json: string, waitMs = 5_000) =>
    buildHtmlReport({ ...facts, json, directory: join(directory, 'html'), waitMs });

  it('gives a page that says so when no scenario ran', async () => {
    const json = join(directory, 'empty.json');
    await writeFile(json, '[]');
    const page = await readFile(await build(json), 'utf8');
    assert.ok(page.includes('No scenario ran'));
    assert.ok(page.includes('embedded: &lt;18.4&gt;'));
  });

  it('waits until the runner has written all of it', async () => {
    const json = join(directory, 'slow.json');
    const text = JSON.stringify([
      { name: 'slow', uri: 'slow.feature', elements: [{ name: 'one', steps: [] }] },
    ]);
    await writeFile(json, text.slice(0, 30));
    const built = build(json);
    setTimeout(() => void writeFile(json, text), 30);
    assert.ok((await readFile(await built, 'utf8')).includes('slow'));
  });

  it('says which file was missing, incomplete or of another kind', async () => {
    await assert.rejects(build(join(directory, 'none.json'), 30), /none\.json is not complete after 30 ms/);
    await writeFile(join(directory, 'half.json'), '[{"name":');
    await assert.rejects(build(join(directory, 'half.json'), 30), /half\.json is not complete after 30 ms/);
    await writeFile(join(directory, 'other.json'), '{}');
    await assert.rejects(build(join(directory, 'other.json')), /other\.json is not a report of cucumber/);
  });
});

describe('features made presentable', () => {
  it('take whatever a report lacks', () => {
    const [feature] = presentable([{ elements: [{ steps: [{}, { hidden: true }] }, {}] }]);
    assert.equal(feature?.name, '(a feature without a name)');
    assert.deepEqual(
      feature?.elements?.map(({ steps }) => steps?.at(-1)?.name),
      [' hook', '(this scenario has no steps)'],
    );
  });

  it('say where an attachment is that no page can show', () => {
    const embeddings = [
      { data: 'AAAA', mime_type: 'application/octet-stream' },
      { data: 'A'.repeat(5_000_000), mime_type: 'image/png' },
    ];
    const [feature] = presentable([{ elements: [{ steps: [{ embeddings }] }] }]);
    const shown = feature?.elements?.[0]?.steps?.[0]?.embeddings?.map(({ data }) =>
      Buffer.from(data, 'base64').toString(),
    );
    assert.deepEqual(shown, [
      '[an attachment of type application/octet-stream: see cucumber.json]\n',
      '[an attachment of type image/png is too large to be shown: see cucumber.json]\n',
    ]);
  });
});

async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const previous = process.cwd();
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(previous);
  }
}

async function quietly<T>(printed: string[], work: () => Promise<T>): Promise<T> {
  const { log } = console;
  console.log = (...words: unknown[]) => printed.push(words.join(' '));
  try {
    return await work();
  } finally {
    console.log = log;
  }
}

/** The page's elements after its scripts have run; undefined where no browser is installed. */
async function domInBrowser(url: string): Promise<string | undefined> {
  const profile = await mkdtemp(join(tmpdir(), 'brine-browser-'));
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=2000', '--dump-dom'];
  const offline = ['--host-resolver-rules=MAP * ~NOTFOUND', `--user-data-dir=${profile}`];
  try {
    const { stdout } = await promisify(execFile)('chromium', [...options, ...offline, url], {
      maxBuffer: 50_000_000,
    });
    return stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
