import type { DataTable } from '@cucumber/cucumber';
import type { RowsMode } from '../support/matching';
import { formatDuration } from '../support/time';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { counted, expectCells, fail, filledCells } from '../world/expectations';
import { bodyText, fileBody } from '../world/http-bodies';
import { type DropMoment, turnsFrom } from '../world/stub-answers';
import {
  callCells,
  callFields,
  callsLike,
  callsOf,
  countedCalls,
  expectCallLike,
  listed,
} from '../world/stub-calls';
import { descriptionsFrom, requestTo } from '../world/stub-descriptions';
import { stepsUsing } from './define';

const { assertion, setup } = stepsUsing();

setup(
  'outside service {stub} responds with {int}',
  {
    doc: 'From now on the outside service answers every request with this status; but for those that later steps describe.',
    examples: ['Given outside service payments responds with 503'],
  },
  function (this: AcceptanceWorld, stub: string, status: number) {
    this.stub(stub).respondWith({ status });
  },
);

setup(
  'outside service {stub} responds with {int} and body:',
  {
    doc: 'From now on the outside service answers every request with this status and JSON body; but for those that later steps describe.',
    examples: [
      'Given outside service payments responds with 402 and body:\n  """\n  { "error": "declined" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, stub: string, status: number, body: string) {
    this.stub(stub).respondWith({ status, body: bodyText(this, body, 'the body of the answer') });
  },
);

setup(
  'outside service {stub} responds with {int} and body from file {string}',
  {
    doc: 'From now on the outside service answers every request with this status and the bytes of a file of the test data folder, as the media type that its name tells; but for those that later steps describe.',
    examples: ['Given outside service payments responds with 200 and body from file "users/ada.json"'],
  },
  function (this: AcceptanceWorld, stub: string, status: number, file: string) {
    this.stub(stub).respondWith({ status, ...fileBody(this, file) });
  },
);

setup(
  'outside service {stub} responds after {duration}',
  {
    doc: 'From now on the outside service answers every request with 200, but late.',
    examples: ['Given outside service payments responds after 3 seconds'],
  },
  function (this: AcceptanceWorld, stub: string, delayMs: number) {
    this.stub(stub).respondWith({ delayMs });
  },
);

setup(
  'outside service {stub} drops connections[ {moment}]',
  {
    doc: 'From now on the outside service ends the connection of every request, without an answer, or in the midst of its answer `200` with `{}`; but for those that later steps describe.',
    examples: [
      'Given outside service payments drops connections',
      'Given outside service payments drops connections after the headers',
      'Given outside service payments drops connections in the middle of the body',
    ],
  },
  function (this: AcceptanceWorld, stub: string, dropped?: DropMoment) {
    this.stub(stub).respondWith(dropped === undefined ? 'dropped' : { dropped });
  },
);

const otherCalls =
  'A call that no step describes then fails the scenario, which says what comes closest; unless a step has said before what every request gets.';
const pathPattern =
  '`{...}` in a path stands for any one part of it, and a query must be there, perhaps among others.';

setup(
  'outside service {stub} responds to {method} {string} with {int}',
  {
    doc: `From now on these requests are answered with this status and \`{}\`. ${pathPattern} ${otherCalls}`,
    examples: ['Given outside service payments responds to GET "/accounts/{id}" with 404'],
  },
  function (this: AcceptanceWorld, stub: string, method: string, path: string, status: number) {
    this.stub(stub).respondTo({ ...requestTo(method, path), turns: [{ answer: { status } }] });
  },
);

setup(
  'outside service {stub} responds to {method} {string} with {int} and body:',
  {
    doc: `From now on these requests are answered with this status and JSON body. ${pathPattern} ${otherCalls}`,
    examples: [
      'Given outside service payments responds to POST "/charges" with 201 and body:\n  """\n  { "id": "${uuid}" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, stub: string, method: string, path: string, status: number, body: string) {
    const answer = { status, body: bodyText(this, body, 'the body of the answer') };
    this.stub(stub).respondTo({ ...requestTo(method, path), turns: [{ answer }] });
  },
);

setup(
  'outside service {stub} responds to {method} {string} with {int} and body from file {string}',
  {
    doc: `From now on these requests are answered with this status and the bytes of a file of the test data folder, as the media type that its name tells. ${pathPattern} ${otherCalls}`,
    examples: [
      'Given outside service payments responds to GET "/users/{id}" with 200 and body from file "users/ada.json"',
    ],
  },
  function (this: AcceptanceWorld, stub: string, method: string, path: string, status: number, file: string) {
    const answer = { status, ...fileBody(this, file) };
    this.stub(stub).respondTo({ ...requestTo(method, path), turns: [{ answer }] });
  },
);

setup(
  'outside service {stub} responds to {method} {string} in turn:',
  {
    doc: `From now on these requests get the answers of the table, from its first row to its last. Columns: \`status\` (\`dropped\` ends the connection without an answer), and perhaps \`times\` (how often; nothing: ever after), \`after\` (a delay), \`body\` (sent as text unless it begins as JSON), \`dropped\` (\`after the headers\` or \`in the middle of the body\`: there the connection ends), and \`header ...\` for each header. ${otherCalls}`,
    examples: [
      'Given outside service payments responds to POST "/charges" in turn:\n  | status  | times | after  | header Retry-After | body               |\n  | dropped | 1     |        |                    |                    |\n  | 503     | 2     | 100 ms | 1                  |                    |\n  | 201     |       |        |                    | { "id": "${uuid}" } |',
    ],
  },
  function (this: AcceptanceWorld, stub: string, method: string, path: string, table: DataTable) {
    this.stub(stub).respondTo({ ...requestTo(method, path), turns: turnsFrom(this, table) });
  },
);

setup(
  'outside service {stub} responds to calls:',
  {
    doc: `From now on requests like \`when\` (\`method\`, \`path\`, \`query\`, \`headers\`, \`body\`, with markers; what is left out may be anything) are answered with \`then\` (\`status\`, \`headers\`, \`body\`, \`after\`, \`times\`, \`dropped\`, as in the table of answers in turn, or \`"dropped"\`; or a list of these, in turn). A body that is a text is sent as text, a header whose value is a list as so many headers. Several stand in a list; the last one that fits answers. ${otherCalls}`,
    examples: [
      'Given outside service payments responds to calls:\n  """\n  { "when": { "method": "POST", "path": "/charges", "body": { "amountCents": "#? _ > 10000" } },\n    "then": { "status": 402, "body": { "error": "declined" }, "after": "50 ms" } }\n  """',
    ],
  },
  function (this: AcceptanceWorld, stub: string, text: string) {
    for (const description of descriptionsFrom(this, text)) this.stub(stub).respondTo(description);
  },
);

assertion(
  'outside service {stub} received {int} call(s)',
  {
    doc: 'How many requests the outside service got in this scenario.',
    examples: [
      'Then within 2 seconds outside service payments received 1 call',
      'Then for 1 second outside service payments received 0 calls',
    ],
  },
  function (this: AcceptanceWorld, stub: string, count: number) {
    const calls = countedCalls(this, stub);
    if (calls.length !== count)
      fail(`outside service ${stub} received ${counted(calls.length, 'call')}, not ${count}${listed(calls)}`);
  },
);

assertion(
  'outside service {stub} received a call like:',
  {
    doc: 'A request with at least these fields: `method`, `path` (with its query), `query`, `headers` (names in any case), `body`. Markers may capture.',
    examples: [
      'Then within 2 seconds outside service payments received a call like:\n  """\n  { "method": "POST", "path": "/charges", "body": { "orderId": "${orderId}" } }\n  """',
    ],
  },
  function (this: AcceptanceWorld, stub: string, expected: string) {
    expectCallLike(this, stub, expected);
  },
);

assertion(
  'outside service {stub} received {int} call(s) like:',
  {
    doc: 'So many requests have at least these fields: `method`, `path`, `query`, `headers`, `body`.',
    examples: [
      'Then within 2 seconds outside service payments received 3 calls like:\n  """\n  { "method": "POST", "body": { "orderId": "${orderId}" } }\n  """',
    ],
  },
  function (this: AcceptanceWorld, stub: string, count: number, expected: string) {
    const all = countedCalls(this, stub);
    const found = callsLike(this, all, expected);
    if (found.length === count) return;
    fail(
      `outside service ${stub} received ${counted(found.length, 'call')} like that, not ${count}, of ${all.length}${listed(all)}`,
    );
  },
);

assertion(
  'outside service {stub} received no calls',
  {
    doc: 'Nobody has called it in this scenario. Say for how long: `for 1 second ...`.',
    examples: ['Then for 1 second outside service payments received no calls'],
  },
  function (this: AcceptanceWorld, stub: string) {
    const calls = countedCalls(this, stub);
    if (calls.length > 0)
      fail(`outside service ${stub} received ${counted(calls.length, 'call')}, not none${listed(calls)}`);
  },
);

assertion(
  'outside service {stub} received no calls like:',
  {
    doc: 'No request has all these fields. Say for how long: `for 1 second ...`.',
    examples: [
      'Then for 1 second outside service payments received no calls like:\n  """\n  { "method": "DELETE" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, stub: string, unwanted: string) {
    const found = callsLike(this, countedCalls(this, stub), unwanted);
    if (found.length > 0)
      fail(
        `outside service ${stub} received ${counted(found.length, 'call')} like that, not none${listed(found)}`,
      );
  },
);

const orders: ReadonlyArray<readonly [words: string, mode: RowsMode, doc: string]> = [
  ['these calls in order:', 'in order', 'A request for each row, in this order; others may come between.'],
  ['only these calls in order:', 'only in order', 'These requests and no others, in this order.'],
];
for (const [words, mode, doc] of orders) {
  assertion(
    `outside service {stub} received ${words}`,
    {
      doc: `${doc} Columns: \`method\`, \`path\`, \`status\` (of the answer; or \`dropped\`), and paths such as \`body.orderId\`, \`headers.idempotency-key\`, \`query.page\`.`,
      examples: [
        `Then within 2 seconds outside service payments received ${words}\n  | method | path     | body.orderId | status |\n  | POST   | /charges | \${orderId}   | 503    |\n  | POST   | /charges | \${orderId}   | 201    |`,
      ],
    },
    function (this: AcceptanceWorld, stub: string, table: DataTable) {
      const calls = mode === 'only in order' ? countedCalls : callsOf;
      const what = `outside service ${stub}`;
      const cells = callCells(filledCells(this, table, what));
      expectCells(this, cells, calls(this, stub), { what, mode, noun: 'call', columns: callFields });
    },
  );
}

/** A timer of Node may end so much before its time. */
const earlyTimerMs = 1;

assertion(
  'the calls of outside service {stub} came at least {duration} apart',
  {
    doc: 'Between the arrivals of any two calls that follow each other was at least this time: a caller that backs off. There must be two.',
    examples: ['Then the calls of outside service payments came at least 100 ms apart'],
  },
  function (this: AcceptanceWorld, stub: string, ms: number) {
    const times = this.stub(stub).shown.map(({ monotonic }) => monotonic);
    if (times.length < 2)
      return fail(
        `outside service ${stub} received ${counted(times.length, 'call')}: it takes two to be apart`,
      );
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    const at = gaps.findIndex((gap) => gap < ms - earlyTimerMs);
    const all = gaps.map((gap) => formatDuration(Math.round(gap))).join(', ');
    if (at !== -1)
      fail(
        `calls ${at + 1} and ${at + 2} of outside service ${stub} came ${formatDuration(Math.round(gaps[at] ?? 0))} apart, not at least ${formatDuration(ms)} (all: ${all})`,
      );
  },
);
