import { STATUS_CODES } from 'node:http';
import type { HttpExchange } from '../support/clients';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { expectJson, expectLiteral, fail, type Literal } from '../world/expectations';
import { bodyOf, bodyText, fieldOf } from '../world/http-bodies';
import { stepsUsing } from './define';

const { action, assertion, setup } = stepsUsing();

setup(
  'the next request has header {string} with value {string}',
  {
    doc: 'Adds a header to the next request only.',
    examples: ['Given the next request has header "Idempotency-Key" with value "order-1"'],
  },
  function (this: AcceptanceWorld, header: string, value: string) {
    this.remembered.nextHeaders[header] = value;
  },
);

setup(
  'the next request has bearer token {string}',
  {
    doc: 'Adds `Authorization: Bearer ...` to the next request only.',
    examples: ['Given the next request has bearer token "secret"'],
  },
  function (this: AcceptanceWorld, token: string) {
    this.remembered.nextHeaders.authorization = `Bearer ${token}`;
  },
);

action(
  'I send {method} {string}[ to {service}]',
  {
    doc: 'Sends a request without a body to a service; to the first declared one unless named. Redirects are not followed.',
    examples: ['When I send GET "/users/${userId}"', 'When I send GET "/stock/sku-01" to inventory'],
  },
  async function (this: AcceptanceWorld, method: string, path: string, service?: string) {
    await send(this, method, path, undefined, service);
  },
);

action(
  'I send {method} {string}[ to {service}] with body:',
  {
    doc: 'Sends a JSON body, in which `${...}` is filled.',
    examples: [
      'When I send POST "/users" with body:\n  """\n  { "username": "ada", "email": "ada@example.org" }\n  """',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    body: string,
  ) {
    await send(this, method, path, bodyText(this, body, 'the body of the request'), service);
  },
);

action(
  'I send {method} {string}[ to {service}] with body from file {string}',
  {
    doc: 'As with a body written in the step; the file lies in the test data folder (`testDataDir`).',
    examples: ['When I send POST "/users" with body from file "users/ada.json"'],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    file: string,
  ) {
    await send(this, method, path, bodyText(this, this.testData(file), `file "${file}"`), service);
  },
);

action(
  'I send {method} {string}[ to {service}] with text:',
  {
    doc: 'Sends the text as it is, `${...}` filled, as `application/json` unless a header says otherwise: for bodies that are wrong on purpose.',
    examples: ['When I send POST "/users" with text:\n  """\n  { "username": \n  """'],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    body: string,
  ) {
    await send(this, method, path, this.variables.text(body, 'the text of the request'), service);
  },
);

action(
  'I send the same request again',
  {
    doc: 'Repeats the last request, headers and body included.',
    examples: ['When I send the same request again'],
  },
  async function (this: AcceptanceWorld) {
    const { request, service } = this.lastExchange;
    await this.http(request, service);
  },
);

action(
  'I remember the response field {string} as {string}',
  {
    doc: 'Keeps a value of the last response body as a variable. The field may be a path: `items[0].sku`.',
    examples: ['When I remember the response field "id" as "userId"'],
  },
  function (this: AcceptanceWorld, field: string, variable: string) {
    this.variables.set(variable, fieldOf(this.lastExchange, field));
  },
);

assertion(
  'the response status is {status}',
  {
    doc: 'The status of the last response, by number (`201`), class (`2xx`) or phrase (`Created`).',
    examples: [
      'Then the response status is 201',
      'Then the response status is Not Found',
      'Then the response status is 2xx',
    ],
  },
  function (this: AcceptanceWorld, status: string) {
    expectStatus(this.lastExchange, status);
  },
);

assertion(
  'the response body matches:',
  {
    doc: 'The last response body has at least these fields. Values may be markers, which may capture: `"#uuid as orderId"`.',
    examples: [
      'Then the response body matches:\n  """\n  { "id": "#uuid as userId", "username": "ada" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, expected: string) {
    expectBody(this, this.lastExchange, expected, 'contains');
  },
);

assertion(
  'the response body is exactly:',
  {
    doc: 'The last response body has these fields and no others, at every level.',
    examples: ['Then the response body is exactly:\n  """\n  { "error": "#string" }\n  """'],
  },
  function (this: AcceptanceWorld, expected: string) {
    expectBody(this, this.lastExchange, expected, 'exactly');
  },
);

assertion(
  'the response body is empty',
  { doc: 'The last response has no body.', examples: ['Then the response body is empty'] },
  function (this: AcceptanceWorld) {
    const { text } = this.lastExchange;
    if (text !== '') fail(`the response body is not empty: ${text}`);
  },
);

assertion(
  'the response field {string} is {literal}',
  {
    doc: 'One value of the last response body, by its path. Text may be a marker.',
    examples: ['Then the response field "total" is 25', 'Then the response field "items" is "#[10]"'],
  },
  function (this: AcceptanceWorld, field: string, expected: Literal) {
    expectLiteral(this, expected, fieldOf(this.lastExchange, field), `the response field "${field}"`);
  },
);

assertion(
  'the response header {string} is {literal}',
  {
    doc: 'A header of the last response. Text may be a marker; `null` says that there is no such header.',
    examples: [
      'Then the response header "X-Cache" is "HIT"',
      'Then the response header "content-type" is "#regex .*json.*"',
    ],
  },
  function (this: AcceptanceWorld, header: string, expected: Literal) {
    const actual = this.lastExchange.headers[header.toLowerCase()] ?? null;
    const text = expected === null ? null : String(expected);
    expectLiteral(this, text, actual, `the response header "${header}"`);
  },
);

assertion(
  '{method} {string}[ of {service}] answers {status}',
  {
    doc: 'Sends the request and looks at the status. With `within`, it is sent again until the status is right.',
    examples: [
      'Then GET "/users/${userId}" answers 404',
      'Then within 5 seconds GET "/health" of inventory answers OK',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    status: string,
  ) {
    expectStatus(await send(this, method, path, undefined, service), status);
  },
);

assertion(
  '{method} {string}[ of {service}] answers with:',
  {
    doc: 'Sends the request and compares the body, as `the response body matches:` does. With `within`, it is sent again until it does.',
    examples: [
      'Then within 5 seconds GET "/orders/${orderId}" answers with:\n  """\n  { "status": "confirmed" }\n  """',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    expected: string,
  ) {
    expectBody(this, await send(this, method, path, undefined, service), expected, 'contains');
  },
);

async function send(
  world: AcceptanceWorld,
  method: string,
  path: string,
  body: string | undefined,
  service: string | undefined,
): Promise<HttpExchange> {
  const headers = world.takeNextHeaders();
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  return world.http(
    {
      method,
      path,
      headers: { ...type, ...headers },
      body,
    },
    service,
  );
}

function expectStatus(exchange: HttpExchange, expected: string): void {
  const { status } = exchange;
  const phrase = STATUS_CODES[status] ?? '';
  const asExpected = /^\d{3}$/.test(expected)
    ? status === Number(expected)
    : /^\dxx$/.test(expected)
      ? Math.floor(status / 100) === Number(expected[0])
      : phrase.toLowerCase() === expected.toLowerCase();
  if (asExpected) return;
  const meaning = STATUS_CODES[Number(expected)];
  const wanted = meaning === undefined ? expected : `${expected} (${meaning})`;
  fail(`the response status is not ${wanted}, it was ${status} (${phrase})\n  ${summaryOf(exchange)}`);
}

function expectBody(
  world: AcceptanceWorld,
  exchange: HttpExchange,
  expected: string,
  mode: 'contains' | 'exactly',
): void {
  const context = `in answer to ${exchange.request.method} ${exchange.request.path} (status ${exchange.status})`;
  expectJson(world, expected, bodyOf(exchange), { what: 'the response body', mode, context });
}

function summaryOf({ request, text }: HttpExchange): string {
  return `${request.method} ${request.path} answered: ${text === '' ? '(no body)' : text}`;
}
