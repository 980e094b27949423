import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertDefinition } from '../../step-definitions/assert-definition';

const good = {
  phrase: 'user {string} exists[ in {database}]',
  documentation: { doc: 'Makes a user.', examples: ['Given user "ada" exists'] },
  body: () => {},
};
const step = 'the step "user {string} exists[ in {database}]" of a.steps.js:3 cannot be defined';

const cases: ReadonlyArray<readonly [string, Readonly<Record<string, unknown>>, string]> = [
  [
    'a pattern for a phrase',
    { phrase: /user .* exists/ },
    `the step of a.steps.js:3 cannot be defined: its phrase is no text
  -> write a Cucumber expression, 'user {string} exists'; the runner's Given, When and Then take patterns, too  [BRINE_STEP_005]`,
  ],
  [
    'half a bracket',
    { phrase: 'user {string} [exists' },
    `the step "user {string} [exists" of a.steps.js:3 cannot be defined: a bracket has no other half
  -> enclose what may be left out: '... is sold[ by {word}]'  [BRINE_STEP_005]`,
  ],
  [
    'the body where the documentation belongs',
    { documentation: () => {}, body: undefined },
    `${step}: it has no documentation
  -> say what it does, and show it: { doc: '...', examples: ['Given ...'] }  [BRINE_STEP_005]`,
  ],
  [
    'no example',
    { documentation: { doc: 'Makes a user.', examples: [] } },
    `${step}: it has no documentation
  -> say what it does, and show it: { doc: '...', examples: ['Given ...'] }  [BRINE_STEP_005]`,
  ],
  [
    'an example with a table, of a phrase without a colon',
    { phrase: 'users', documentation: { doc: 'Makes users.', examples: ['Given users\n| name |\n| ada |'] } },
    `the step "users" of a.steps.js:3 cannot be defined: an example has something below its line, and the phrase has no ":" at its end
  -> with a table or text below it, it is "users:"  [BRINE_STEP_005]`,
  ],
  [
    'a backing service that there is not',
    { documentation: { ...good.documentation, uses: ['postgress'] } },
    `${step}: it uses "postgress", which is no backing service
  -> did you mean "postgres"? known: postgres, redis, kafka  [BRINE_STEP_005]`,
  ],
  [
    'no body',
    { body: undefined },
    `${step}: it has no body
  -> give a function, after the documentation: async function () { ... }  [BRINE_STEP_005]`,
  ],
];

describe('a step that cannot be defined says so where it is defined:', () => {
  for (const [name, change, message] of cases)
    test(name, () => {
      assert.throws(
        () => assertDefinition({ ...good, ...change }, () => 'a.steps.js:3'),
        (error: Error) => {
          assert.equal(error.message, message);
          return true;
        },
      );
    });
});

test('a step that can be defined is', () => {
  assertDefinition(good, () => 'a.steps.js:3');
  assertDefinition({ ...good, documentation: { ...good.documentation, uses: [] } }, () => 'a.steps.js:3');
});
