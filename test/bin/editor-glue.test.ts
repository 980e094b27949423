import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CucumberExpression, ParameterType, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';
import ts from 'typescript';
import { loadStepLibrary } from '../../docs/generate/step-library';
import { Project } from '../runs/project';
import { brine } from './brine';

const ownSteps = `
const { parameterType, setup } = require(${JSON.stringify(require.resolve('../../index.ts'))});
parameterType({ name: 'phase', regexp: ['new/old', /full|it's \\/ half/], transformer: (text) => text });
setup('the moon\\'s phase is {phase}', { doc: 'Waits.', examples: ['Given the moon\\'s phase is full'] }, () => {});
`;

/** What an editor gets out of the file: the literals of its calls. */
function readGlue(text: string) {
  const source = ts.createSourceFile('glue.ts', text, ts.ScriptTarget.Latest, true);
  const types = new Map<string, RegExp>();
  const expressions: string[] = [];
  for (const statement of source.statements) {
    if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) continue;
    const { expression, arguments: values } = statement.expression;
    const [first] = values;
    if (first !== undefined && ts.isStringLiteral(first)) expressions.push(first.text);
    if (expression.getText() !== 'defineParameterType' || first === undefined) continue;
    assert.ok(ts.isObjectLiteralExpression(first));
    const literals = first.properties.map((property) => {
      assert.ok(ts.isPropertyAssignment(property));
      return property.initializer;
    });
    const [name, regexp] = literals;
    assert.ok(name !== undefined && ts.isStringLiteral(name));
    assert.ok(regexp !== undefined && ts.isRegularExpressionLiteral(regexp));
    types.set(name.text, new RegExp(regexp.text.slice(1, -1)));
  }
  return { types, expressions };
}

describe('steps --glue', () => {
  let project: Project;
  before(async () => {
    project = await Project.create({ files: { 'steps.js': ownSteps } });
  });
  after(() => project[Symbol.asyncDispose]());

  test('writes every step in the form that editors read, and each example is one of them', async () => {
    const { stdout, exitCode } = await brine(project, ['steps', '--glue', '.vscode/brine-steps.ts']);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^\/.*\/\.vscode\/brine-steps\.ts has \d+ steps for the editor\n$/);
    const { types, expressions } = readGlue(project.read('.vscode/brine-steps.ts'));
    const registry = new ParameterTypeRegistry();
    for (const [name, regexp] of types) {
      registry.defineParameterType(new ParameterType(name, regexp, null, (text: string) => text));
    }
    const known = expressions.map((expression) => new CucumberExpression(expression, registry));
    const library = (await loadStepLibrary()).catalogue.all();
    const examples = [...library.flatMap((entry) => entry.examples), "Given the moon's phase is it's / half"];
    for (const example of examples) {
      const text = (example.split('\n')[0] ?? '').replace(/^(Given|When|Then) /, '');
      assert.equal(known.filter((expression) => expression.match(text) !== null).length, 1, text);
    }
    assert.ok(library.length > 200);
  });

  test('with words makes no sense', async () => {
    const { stderr, exitCode } = await brine(project, ['steps', 'cache', '--glue', 'glue.ts']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^brine: --glue writes all of the steps: leave out the words\n\nUsage: /);
    assert.equal(project.has('glue.ts'), false);
  });

  test('into a file that cannot be written says so', async () => {
    const { stderr, exitCode } = await brine(project, ['steps', '--glue', 'steps.js/glue.ts']);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^brine: .*steps\.js.*\n$/);
  });
});
