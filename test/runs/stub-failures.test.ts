import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type FailureCases, featureOf, testFailures } from './failures';
import { type RunResult, runOnce } from './project';

/** Hands requests on to the outside service, and says only whether that went well. */
const service = `
const { createServer } = require('node:http');
createServer(async (request, response) => {
  if (request.url === '/health') return response.end();
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const headers = { 'content-type': 'application/json' };
  const init = { method: request.method, headers, ...(body.length === 0 ? {} : { body }) };
  await fetch(process.env.BANK_URL + request.url, init).catch(() => {});
  response.end();
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

const charge = (body: string) => `When I send POST "/charges" with body:
      """
      ${body}
      """`;

/** By scenario: its steps, and the words of its failure. */
const cases: FailureCases = {
  'a call that nobody described': [
    `Given outside service bank responds to POST "/charges" with 201
    And outside service bank responds to calls:
      """
      { "when": { "method": "GET", "path": "/accounts", "query": { "page": "1" } }, "then": { "status": 200 } }
      """
    When I send GET "/accounts?page=2"
    Then the response status is 200`,
    `outside service "bank" received a call that no step of this scenario describes: GET /accounts?page=2
the closest description is GET /accounts (1 other), which differs in:
  $.query.page: expected "1", was "2"
  -> describe it: Given outside service bank responds to ..., or say what becomes of all other calls first: Given outside service bank responds with 200`,
  ],
  'a call after the last answer': [
    `Given outside service bank responds to GET "/rates" in turn:
      | status | times |
      | 503    | 1     |
      | 200    | 1     |
    When I send GET "/rates"
    And I send GET "/rates"
    And I send GET "/rates"
    And I send GET "/rates"`,
    `outside service "bank" received a call that no step of this scenario describes: GET /rates
GET /rates has been answered 2 times, as its description says, which has no answer for a further call
and 1 more`,
  ],
  'a step that fails for a call that nobody described': [
    `Given outside service bank responds to GET "/accounts" with 200
    When I send GET "/acounts"
    Then the response status is 201`,
    'the response status is not 201',
  ],
  'no call like that': [
    `${charge('{ "cents": 100 }')}
    And I send GET "/rates"
    Then outside service bank received a call like:
      """
      { "method": "POST", "path": "/charges", "body": { "cents": 200 } }
      """`,
    `outside service bank received no call like this, but 2 calls
the closest, call 1, differs in:
  $.body.cents: expected 200, was 100
the calls:
  POST /charges {"cents": 100} -> 200
  GET /rates -> 200`,
  ],
  'no call at all': [
    `Then within 20 ms outside service bank received a call like:
      """
      { "path": "/charges" }
      """`,
    'outside service bank received no call like this, but no calls',
  ],
  'another number of calls': [
    `When I send GET "/rates"
    Then outside service bank received 2 calls`,
    'outside service bank received 1 call, not 2:\n  GET /rates -> 200',
  ],
  'another number of calls like that': [
    `When I send GET "/rates"
    Then outside service bank received 2 calls like:
      """
      { "path": "/rates" }
      """`,
    'outside service bank received 1 call like that, not 2, of 1:\n  GET /rates -> 200',
  ],
  'a call with a header that should not be, in any case': [
    `When I send GET "/rates"
    Then outside service bank received no calls like:
      """
      { "headers": { "Content-Type": "application/json" } }
      """`,
    'outside service bank received 1 call like that, not none:\n  GET /rates -> 200',
  ],
  'a header that is named twice': [
    `Then outside service bank received no calls like:
      """
      { "headers": { "X-Trace": "t-1", "x-trace": "t-2" } }
      """`,
    'the JSON of this step: it names the header "x-trace" twice\n  -> names of headers are the same in any case: remove one',
  ],
  'a field that no call has': [
    `Then outside service bank received no calls like:
      """
      { "metod": "DELETE" }
      """`,
    'the JSON of this step: it has the unknown field "metod"\n  -> did you mean "method"?',
  ],
  'a header of calls in order that differs': [
    `When I send GET "/rates"
    Then outside service bank received only these calls in order:
      | headers.Content-Type | headers                   |
      | text/plain           | { "Accept": "#present" } |`,
    'headers.content-type: expected text/plain, was application/json',
  ],
  'a call that should not be': [
    `Given outside service bank drops connections
    When I send GET "/rates"
    Then outside service bank received no calls`,
    'outside service bank received 1 call, not none:\n  GET /rates -> dropped',
  ],
  'calls in another order': [
    `When I send GET "/rates"
    And I send GET "/accounts"
    Then outside service bank received only these calls in order:
      | path      |
      | /accounts |
      | /rates    |`,
    'outside service bank: 1 call out of order; there are 2 calls',
  ],
  'calls that came too fast': [
    `When I send GET "/rates"
    Then the calls of outside service bank came at least 1 minute apart`,
    'outside service bank received 1 call: it takes two to be apart',
  ],
  'a status that is none': [
    'Given outside service bank responds to GET "/rates" with 999',
    `the answer of outside service "bank": 999 is no status that a response can have
  -> take one from 200 to 599`,
  ],
  'a cell that is no status': [
    `Given outside service bank responds to GET "/rates" in turn:
      | status | times |
      | gone   | 1     |`,
    `column "status" in row 1 of the table of answers: "gone" is no status
  -> write a number such as 503, or dropped, which ends the connection`,
  ],
  'a cell that is no number of times': [
    `Given outside service bank responds to GET "/rates" in turn:
      | status | times |
      | 200    | 0     |`,
    `column "times" in row 1 of the table of answers: "0" is no number of times
  -> write 1, 2, ..., or nothing: ever after`,
  ],
  'a column that is none': [
    `Given outside service bank responds to GET "/rates" in turn:
      | status | delay |
      | 200    | 1 s   |`,
    'the table of answers has no column "delay"',
  ],
  'a field that is none': [
    `Given outside service bank responds to calls:
      """
      { "when": { "pth": "/rates" } }
      """`,
    `"when" of description 1 in the JSON of this step: it has the unknown field "pth"
  -> did you mean "path"? its fields: method, path, query, headers, body`,
  ],
  'no description': [
    `Given outside service bank responds to calls:
      """
      [{ "then": { "status": 200 } }]
      """`,
    `"when" of description 1 in the JSON of this step: it is missing
  -> write { "when": { "method": "POST", "path": "/charges" }, "then": { "status": 201, "body": { } } }`,
  ],
  'a description that captures': [
    `Given outside service bank responds to calls:
      """
      { "when": { "path": "/rates", "body": { "id": "#uuid as id" } } }
      """`,
    `the description of any method /rates: a marker in it captures, but no call has come yet
  -> check it only, and capture where the calls are looked at: Then outside service ... received a call like: ...`,
  ],
  'a marker that is none': [
    `Given outside service bank responds to calls:
      """
      { "when": { "path": "/rates", "body": { "id": "#uuuid" } } }
      """`,
    'the description of any method /rates at $.body.id has the unknown marker "#uuuid"',
  ],
  'a header that is none': [
    `Given outside service bank responds to calls:
      """
      { "when": { "path": "/rates" }, "then": { "headers": { "x risk": "low" } } }
      """`,
    `the answer of outside service "bank": no response can have its header "x risk" (Header name must be a valid HTTP token ["x risk"])
  -> a name has no spaces, a value one line of Latin-1 characters`,
  ],
  'a moment that is none': [
    `Given outside service bank responds to GET "/rates" in turn:
      | status | dropped  |
      | 200    | at noon  |`,
    `column "dropped" in row 1 of the table of answers: "at noon" is no moment of an answer
  -> write after the headers, or in the middle of the body`,
  ],
  'no JSON': [
    `Given outside service bank responds to GET "/rates" with 200 and body:
      """
      { "id": 1,, }
      """`,
    'the body of the answer is not valid JSON at line 1, column 11',
  ],
  'an empty description': [
    `Given outside service bank responds to calls:
      """
      """`,
    'the JSON of this step is not valid JSON at line 1, column 1',
  ],
  'a file that is not there': [
    'Given outside service bank responds with 200 and body from file "no.json"',
    'file "no.json"',
  ],
  'an unknown service': ['Given outside service bnak responds with 200', 'unknown outside service "bnak"'],
};

let run: RunResult;

before(async () => {
  run = await runOnce({
    brine: `{
      provider: 'embedded', stubs: { bank: {} },
      services: { shop: { command: 'node shop.js', env: { PORT: '{{self.port}}', BANK_URL: '{{stubs.bank.url}}' } } },
    }`,
    files: { 'shop.js': service, 'features/all.feature': featureOf(cases) },
  });
});

test('the evidence of a step that failed says which call nobody described, and what comes closest', () => {
  const evidence = run.messages.flatMap(({ attachment }) =>
    attachment?.fileName === 'evidence.txt' ? [attachment.body] : [],
  );
  assert.ok(
    evidence.some((text) =>
      text.includes(
        'GET /acounts  -> 501: no step describes this call: the closest description is GET /accounts, which differs in:',
      ),
    ),
    evidence.join('\n'),
  );
});

testFailures('a failure of a step about outside services teaches', cases, () => run);
