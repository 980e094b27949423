import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { it } from 'node:test';
import { outcomes, runOnce } from '../runs/project';

const root = resolve(__dirname, '../..');

it('what a project requires has all that index.ts exports', () => {
  const door = require(join(root, 'index.js'));
  assert.deepEqual(Object.keys(door).sort(), Object.keys(require(join(root, 'index.ts'))).sort());
});

const steps = `import { AfterAll, Before, type DataTable, setWorldConstructor } from '@cucumber/cucumber';
import { expect } from 'chai';
import { AcceptanceWorld, assertion, expectJson, expectLiteral, expectRows, matchesJson, parameterType, setup } from 'BRINE';
import { fruits } from './fruits.js';

parameterType({ name: 'colour', regexp: /red|green/, transformer: (name: string) => name });

class Market extends AcceptanceWorld {
  readonly basket = fruits;
}
setWorldConstructor(Market);

AfterAll(async () => {});
Before(async function (this: Market) {
  this.variables.set('basket', this.basket);
});

setup('a basket that is {colour}', { doc: 'Makes it so.', examples: ['Given a basket that is red'], uses: [] }, async function (colour: string) {
  this.variables.set('colour', colour);
});

assertion(
  'the basket is so within {duration}:',
  { doc: 'Compares the basket.', examples: ['Then the basket is so within 1 second:'], uses: [] },
  async function (ms: number, text: string) {
    expect(ms).to.equal(1000);
    const basket = this.variables.get('basket');
    if (!matchesJson(this, '["#string", "#string"]', basket)) throw new Error('no fruits');
    expectJson(this, text, basket, { what: 'the basket', mode: 'exactly' });
    expectLiteral(this, 'red', this.variables.get('colour'), 'the colour');
  },
);

assertion('the fruits are:', { doc: 'Compares them.', examples: ['Then the fruits are:'], uses: [] }, async function (this: AcceptanceWorld, table: DataTable) {
  const rows = fruits.map((name, place) => ({ name, place }));
  expectRows(this, table, rows, { what: 'the basket', mode: 'only', noun: 'fruit' });
});
`;
const fruits = "export const fruits: readonly string[] = ['apple', 'pear'];\n";

const feature = `Feature: own steps
  Scenario: they match
    Given a basket that is red
    Then within 1 second the basket is so within 1 second:
      """
      ["#string as first", "pear"]
      """
    And variable "first" is "apple"
    And the fruits are:
      | name | place |
      | pear | 1     |
      | apple | 0    |
  Scenario: they do not
    Then the fruits are:
      | name | place |
      | fig  | 1     |
      | apple | 0    |
`;

it('a project of ES modules has its configuration, its steps, and the matchers', async () => {
  const door = join(root, 'index.js');
  const run = await runOnce({
    files: {
      'package.json': JSON.stringify({ type: 'module' }),
      'cucumber.js': `import { brine } from '${door}';\nexport default brine({});\n`,
      'features/own.feature': feature,
      'features/own.steps.ts': steps.replace('BRINE', door),
      'features/fruits.ts': fruits,
    },
  });
  assert.deepEqual(outcomes(run), { 'they match': 'PASSED', 'they do not': 'FAILED' }, run.output);
  assert.match(run.output, /the basket: 1 of 2 expected fruits missing/);
});

it('the package has declarations that any project can check its steps against', async (t) => {
  const project = await mkdtemp(join(tmpdir(), 'brine-package-'));
  t.after(() => rm(project, { recursive: true, force: true }));
  mkdirSync(join(project, 'node_modules'));
  for (const name of libraries)
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  const brine = join(project, 'node_modules/brine');
  mkdirSync(brine);
  cpSync(join(root, 'package.json'), join(brine, 'package.json'));
  check(root, '--project', 'tsconfig.types.json', '--outDir', join(brine, 'types'));
  mkdirSync(join(project, 'features'));
  writeFileSync(join(project, 'features/own.steps.ts'), steps.replace('BRINE', 'brine'));
  writeFileSync(join(project, 'features/fruits.ts'), fruits);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  const settings = { module: 'nodenext', target: 'es2022', noEmit: true, types: ['node'] };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...settings, ...strictest } }),
  );
  check(project);
});

/** Those that come with Brine, of which its declarations speak, and what a project's steps want. */
const libraries = [
  '@cucumber',
  '@faker-js',
  '@types',
  'avsc',
  'chai',
  'ioredis',
  'kafkajs',
  'pg',
  'protobufjs',
  'reflect-metadata',
  'typeorm',
  'zod',
];

/** Nothing that Brine's own sources would have to fit. */
const strictest = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  erasableSyntaxOnly: true,
};

function check(cwd: string, ...args: readonly string[]): void {
  const { stdout, status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), ...args],
    {
      cwd,
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, stdout);
}
