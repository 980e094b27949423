import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { loadStepLibrary } from '../../docs/generate/step-library';
import { resolveConfiguration } from '../../support/config';
import { assertTemplates } from '../../support/environment/template-names';

const project = join(__dirname, '..', '..');
const pages = globSync(['*.md', 'docs/**/*.md', 'services/*/*.md'], { cwd: project });

test('every link between the pages leads somewhere', () => {
  for (const page of pages) {
    for (const [, target = ''] of withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      assert.ok(existsSync(join(project, file)), `${page}: ${target}`);
      if (anchor !== undefined) assert.ok(anchorsOf(file).includes(anchor), `${page}: ${target}`);
    }
  }
});

test('every file that a page shows is shown as it is', () => {
  const shown = pages.flatMap((page) => [
    ...read(page).matchAll(/<!-- file: (\S+) -->\s*```\w+\n([\s\S]*?)```/g),
  ]);
  assert.ok(shown.length > 0);
  for (const [, file = '', text] of shown) assert.equal(text, read(file), file);
});

test('every npm script that a page names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const page of pages) {
    for (const [, script = ''] of read(page).matchAll(/npm run ([\w:-]+)/g)) {
      assert.ok(script in scripts, `${page}: npm run ${script}`);
    }
  }
});

test('every step that a page shows is known', async () => {
  const { definitions } = await loadStepLibrary('features/**/*.steps.ts');
  for (const page of pages) {
    for (const step of stepsOf(read(page))) {
      const found = definitions.filter((definition) => definition.matchesStepName(step));
      assert.equal(found.length, 1, `${page}: ${step}`);
    }
  }
});

test('docs/configuration.md lists the templates that a service may hold, and no others', () => {
  const [, section = ''] = read('docs/configuration.md').split('## Templates');
  const listed = [...section.matchAll(/^\| (`{{.*}}`)/gm)].flatMap(
    ([, cell = '']) => cell.match(/{{[^}]*}}/g) ?? [],
  );
  const told = knownTemplates().map((name) => `{{${name.replace('.x.', '.NAME.')}}}`);
  assert.deepEqual(listed.toSorted(), told.toSorted());
});

test('every decision has the same parts', () => {
  const records = pages.filter((page) => page.startsWith('docs/decisions/'));
  assert.ok(records.length >= 10);
  for (const record of records) {
    const headings = [...read(record).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, ['Context', 'Decision', 'Consequences'], record);
    assert.match(read(record), new RegExp(`^# ${/\d{4}/.exec(record)?.[0]}: `));
  }
});

test('no two decisions have the same number', () => {
  const numbers = pages.flatMap((page) => /^docs\/decisions\/(\d{4})/.exec(page)?.[1] ?? []);
  assert.deepEqual(numbers.toSorted(), [...new Set(numbers)].toSorted());
});

/** As the error for an unknown template tells them; what users name is `x`. */
function knownTemplates(): string[] {
  const services = { x: { command: '{{}}' } };
  const kafka = { schemaRegistry: 'embedded' };
  const configuration = resolveConfiguration({ databases: { x: {} }, kafka, services, stubs: { x: {} } }, {});
  try {
    assertTemplates(configuration);
  } catch (error) {
    return /known here: (.*?)(?: {2}\[|$)/.exec(String(error))?.[1]?.split(', ') ?? [];
  }
  return [];
}

function read(path: string): string {
  return readFileSync(join(project, path), 'utf8');
}

function withoutCode(text: string): string {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`]*`/g, '');
}

/** As GitHub makes them: lower case, without punctuation, spaces become hyphens. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

/** The texts of the steps in Gherkin blocks; what stands in texts of three quotes is none. */
function stepsOf(page: string): string[] {
  return [...page.matchAll(/```gherkin\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .replace(/"""[\s\S]*?"""/g, '')
      .split('\n')
      .flatMap((line) => /^\s*(?:Given|When|Then|And|But) (.*)$/.exec(line)?.[1] ?? []),
  );
}
