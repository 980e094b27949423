import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { failureMessages } from './failures';
import { type RunResult, runOnce, scenarioNames } from './project';

/** Hands requests on to the outside service; those to `/later/...` are answered before. */
const service = `
const { createServer } = require('node:http');
createServer(async (request, response) => {
  if (request.url === '/health') return response.end();
  const later = request.url.startsWith('/later/');
  if (later) response.end();
  await fetch(process.env.BANK_URL + request.url.replace('/later', ''), { method: request.method }).catch(() => {});
  if (!later) response.end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

const feature = `Feature: outside services

  Background:
    Given outside service bank responds to GET "/background" with 200

  Scenario: nobody calls
    Given outside service bank responds to POST "/charges" with 201
    And outside service bank responds to GET "/rates" with 200
    When I send GET "/rates"
    Then the response status is 200

  Scenario: nobody calls at all
    Given outside service bank drops connections
    Then outside service bank received a call like:
      """
      { "path": "/charges" }
      """

  Scenario: all requests alike
    Given outside service bank drops connections

  Scenario: an own step
    Given the bank is closed

  Scenario: of several descriptions in a step one is enough
    Given outside service bank responds to calls:
      """
      [{ "when": { "path": "/rates" } }, { "when": { "path": "/accounts" } }]
      """
    When I send GET "/rates"

  Scenario: what others get is used by any call
    Given outside service bank responds with 200
    And outside service bank responds to GET "/rates" with 200
    When I send GET "/rates"

  Scenario: answers in turn need not all be given
    Given outside service bank responds to GET "/rates" in turn:
      | status | times |
      | 503    | 2     |
      | 200    |       |
    When I send GET "/rates"

  Scenario: the call comes later
    Given outside service bank responds to GET "/rates" with 200
    When I send GET "/later/rates"

  Scenario: the calls are counted
    Given outside service bank responds to POST "/charges" with 201
    Then outside service bank received no calls

  Scenario: none are counted
    Given outside service bank responds to POST "/charges" with 201
    Then outside service bank received 0 calls

  Scenario: those like something are counted
    Given outside service bank responds to POST "/charges" with 201
    Then outside service bank received no calls like:
      """
      { "method": "POST" }
      """

  Scenario: an own step looks at the calls
    Given outside service bank responds to POST "/charges" with 201
    Then the bank was not asked

  Scenario: described after they were counted
    Given outside service bank responds to POST "/charges" with 201
    Then outside service bank received no calls
    Given outside service bank responds to POST "/refunds" with 201

  Scenario: said twice
    Given outside service bank responds to GET "/rates" with 503
    And outside service bank responds to GET "/rates" with 200
    When I send GET "/rates"

  Scenario: failed already
    Given outside service bank responds to POST "/charges" with 201
    When I send GET "/other"
    Then the response status is 500

  Scenario: a call that nobody described goes before
    Given outside service bank responds to POST "/charges" with 201
    When I send GET "/later/charge"

  Scenario Outline: of an outline <name>
    Given outside service bank responds to GET "/<described>" with 200
    When I send GET "/<called>"

    Examples:
      | name   | described | called     |
      | called | rates     | rates      |
      | silent | rates     | background |

  Rule: one with a background of its own
    Background:
      Given outside service bank responds to GET "/rule" with 200

    Scenario: in a rule
      When I send GET "/background"
`;

const steps = `
const { Given, Then } = require('@cucumber/cucumber');
Given('the bank is closed', function () { this.stub('bank').respondWith({ status: 503 }); });
Then('the bank was not asked', function () { if (this.stub('bank').received.length > 0) throw new Error('it was'); });
`;

const advice = `
  -> correct the description or leave it out, or say what is to come instead: Then outside service bank received no calls; what only some scenarios need belongs into a Background, and \`unusedStubs: report\` in the configuration tells it without failing`;

function unused(step: string, calls: string): string {
  return `nobody called outside service "bank" as this scenario describes:\n  features/all.feature:${step}\nit received ${calls}${advice}`;
}

function lineOf(text: string): string {
  const at = feature.split('\n').findIndex((line) => line.includes(text));
  return `${at + 1}: ${feature.split('\n')[at]!.trim()}`;
}

/** Undefined: it passes. */
const wanted: Record<string, string | undefined> = {
  'nobody calls': unused(lineOf('POST "/charges" with 201'), '1 call:\n  GET /rates -> 200'),
  'nobody calls at all': 'outside service bank received no call like this, but no calls',
  'all requests alike': unused('20: Given outside service bank drops connections', 'no calls'),
  'an own step': unused(lineOf('the bank is closed'), 'no calls'),
  'of several descriptions in a step one is enough': undefined,
  'what others get is used by any call': undefined,
  'answers in turn need not all be given': undefined,
  'the call comes later': undefined,
  'the calls are counted': undefined,
  'none are counted': undefined,
  'those like something are counted': undefined,
  'an own step looks at the calls': undefined,
  'described after they were counted': unused(lineOf('/refunds'), 'no calls'),
  'said twice': unused(lineOf('"/rates" with 503'), '1 call:\n  GET /rates -> 200'),
  'failed already': 'the response status is not 500',
  'a call that nobody described goes before':
    'outside service "bank" received a call that no step of this scenario describes: GET /charge',
  'of an outline called': undefined,
  'of an outline silent': unused(
    lineOf('GET "/<described>" with 200').replace('<described>', 'rates'),
    '1 call:\n  GET /background -> 200',
  ),
  'in a rule': undefined,
};

function runWith(unusedStubs: string, ...args: string[]): Promise<RunResult> {
  return runOnce(
    {
      brine: `{
      provider: 'embedded', stubs: { bank: {} }, settleTimeout: '400 ms', unusedStubs: '${unusedStubs}',
      services: { shop: { command: 'node shop.js', env: { PORT: '{{self.port}}', BANK_URL: '{{stubs.bank.url}}' } } },
    }`,
      files: { 'shop.js': service, 'steps.js': steps, 'features/all.feature': feature },
    },
    args,
  );
}

describe('what a scenario describes of an outside service is to be called', () => {
  let run: RunResult;
  before(async () => {
    run = await runWith('fail');
  });

  for (const [name, words] of Object.entries(wanted)) {
    test(name, () => {
      assert.ok([...scenarioNames(run.messages).values()].includes(name), run.output);
      const said = failureMessages(run).get(name);
      if (words === undefined) assert.equal(said, undefined);
      else assert.ok(said?.includes(words), `${said ?? '(it did not fail)'}\n--- has not ---\n${words}`);
    });
  }
});

test('an attempt that failed so is tried again from the beginning, and a report alone does not fail', async () => {
  const [again, told, ignored] = await Promise.all([
    runWith('fail', '--retry', '1', '--name', 'nobody calls$'),
    runWith('report', '--name', 'nobody calls$'),
    runWith('ignore', '--name', 'nobody calls$'),
  ]);
  assert.equal(again.output.match(/nobody called outside service/g)?.length, 2, again.output);
  assert.equal(again.exitCode, 1);
  assert.equal(told.exitCode, 0, told.output);
  assert.match(told.output, /nobody called outside service "bank" as this scenario describes/);
  assert.equal(ignored.exitCode, 0, ignored.output);
  assert.doesNotMatch(ignored.output, /nobody called/);
});
