import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { type GherkinDocument, IdGenerator, type Pickle } from '@cucumber/messages';
import { withOwnDocuments } from '../../support/runner/scenario-documents';
import { runOnce } from '../runs/project';

const text = `@shop
Feature: orders
  What customers do.

  Background:
    Given a shop

  # the usual one
  @first
  Scenario: one
    When something

  Scenario Outline: many <n>
    When it happens <n> times

    Examples: small
      | n |
      | 1 |
      | 2 |

    @big
    Examples: big
      | n |
      | 9 |

  Rule: no returns
    Background:
      Given no returns

    Scenario: inside
      When something

    Scenario: inside too
      When something
`;

function chosenIn(feature: string): Array<{ pickle: Pickle; gherkinDocument: GherkinDocument }> {
  const newId = IdGenerator.incrementing();
  const gherkinDocument = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(feature);
  const document = { ...gherkinDocument, uri: 'orders.feature' };
  return compile(document, document.uri, newId).map((pickle) => ({ pickle, gherkinDocument: document }));
}

/** A document as a line for each of its parts. */
function outline({ feature }: GherkinDocument): string[] {
  return (feature?.children ?? []).flatMap(describeChild);
}

type Child = NonNullable<GherkinDocument['feature']>['children'][number];

function describeChild({ background, scenario, rule }: Child): string[] {
  if (rule !== undefined)
    return [`rule ${rule.name}`, ...rule.children.flatMap(describeChild).map((line) => `  ${line}`)];
  if (background !== undefined) return [`background: ${background.steps.map((step) => step.text).join()}`];
  const rows = (scenario?.examples ?? []).flatMap(({ name, tableBody }) =>
    tableBody.map(({ cells }) => `${name}: ${cells.map(({ value }) => value).join()}`),
  );
  return [`scenario ${scenario?.name}`, ...rows];
}

describe('the document of a scenario', () => {
  const chosen = chosenIn(text);
  const own = withOwnDocuments(chosen);

  it('keeps the order, and the pickles as they are', () => {
    assert.deepEqual(
      own.map(({ pickle }) => pickle),
      chosen.map(({ pickle }) => pickle),
    );
  });

  it('holds the backgrounds, the scenario, its rule, and of an outline its row', () => {
    assert.deepEqual(
      own.map(({ gherkinDocument }) => outline(gherkinDocument)),
      [
        ['background: a shop', 'scenario one'],
        ['background: a shop', 'scenario many <n>', 'small: 1'],
        ['background: a shop', 'scenario many <n>', 'small: 2'],
        ['background: a shop', 'scenario many <n>', 'big: 9'],
        ['background: a shop', 'rule no returns', '  background: no returns', '  scenario inside'],
        ['background: a shop', 'rule no returns', '  background: no returns', '  scenario inside too'],
      ],
    );
  });

  it('is otherwise what it was: path, comments, name, tags and description of the feature', () => {
    for (const [index, { gherkinDocument }] of own.entries()) {
      const whole = chosen[index]?.gherkinDocument;
      assert.deepEqual(
        { ...gherkinDocument, feature: { ...gherkinDocument.feature, children: [] } },
        { ...whole, feature: { ...whole?.feature, children: [] } },
      );
    }
  });

  it('leaves the one that the runner has of the whole feature alone', () => {
    assert.deepEqual(chosen, chosenIn(text));
  });

  it('stays whole where the scenario is not in it', () => {
    const [first] = chosenIn(text);
    assert.ok(first);
    const stranger = { ...first, pickle: { ...first.pickle, astNodeIds: ['no such node'] } };
    assert.equal(withOwnDocuments([stranger])[0]?.gherkinDocument, first.gherkinDocument);
  });
});

describe('a hook', () => {
  const hooks = `
const { Before, When } = require('@cucumber/cucumber');
Before(function ({ gherkinDocument: { uri, feature }, pickle }) {
  const names = feature.children.map(({ scenario }) => scenario.name);
  this.attach([uri, feature.name, feature.tags.map(({ name }) => name), names, pickle.name].join('; '));
});
When('something', () => {});
`;
  const feature = `@shop
Feature: orders
  Scenario: one
    When something

  Scenario: two
    When something
`;

  for (const args of [[], ['--parallel', '2']]) {
    it(`gets the feature with its own scenario (${args.join(' ') || 'serial'})`, async () => {
      const run = await runOnce({ files: { 'steps.js': hooks, 'features/orders.feature': feature } }, args);
      const told = run.messages.flatMap(({ attachment }) => attachment?.body ?? []).sort();
      assert.deepEqual(told, [
        'features/orders.feature; orders; @shop; one; one',
        'features/orders.feature; orders; @shop; two; two',
      ]);
      const document = run.messages.find(
        ({ gherkinDocument }) => gherkinDocument !== undefined,
      )?.gherkinDocument;
      assert.equal(document?.feature?.children.length, 2, 'the report has the whole feature');
    });
  }
});
