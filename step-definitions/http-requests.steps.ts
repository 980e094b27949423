import type { DataTable } from '@cucumber/cucumber';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { fail } from '../world/expectations';
import {
  fileBody,
  formBody,
  jsonBody,
  multipartBody,
  type OutgoingBody,
  textBody,
} from '../world/http-bodies';
import { assertHeader, assertTimeout } from '../world/http-faults';
import { cookieOf, fieldOf, headerOf } from '../world/http-responses';
import { pairsOf } from '../world/http-tables';
import { accessToken, basicCredentials } from '../world/http-tokens';
import { requestsFrom } from '../world/named-requests';
import { stepsUsing } from './define';

const { action, setup } = stepsUsing();

setup(
  '{requests} has/have header {string} with value {string}',
  {
    doc: 'Adds a header to the next request only, or to all requests of the scenario from now on. What is said later, and what is said of the next request, goes before.',
    examples: [
      'Given the next request has header "Idempotency-Key" with value "order-1"',
      'Given all requests have header "Accept-Language" with value "de"',
      'Given all requests to inventory have header "User-Agent" with value "acceptance/1.0"',
    ],
  },
  function (this: AcceptanceWorld, requests: string, header: string, value: string) {
    assertHeader(header, value);
    this.requests.add(requestsFrom(requests), { headers: { [header]: value } });
  },
);

setup(
  '{requests} has/have headers:',
  {
    doc: 'Adds several headers, by name and value.',
    examples: [
      'Given the next request has headers:\n  | name            | value      |\n  | Accept-Encoding | gzip, br   |\n  | X-Trace         | ${traceId} |',
    ],
  },
  function (this: AcceptanceWorld, requests: string, table: DataTable) {
    const pairs = pairsOf(this, table, 'the table of headers');
    for (const [name, value] of pairs) assertHeader(name, value);
    const headers = Object.fromEntries(pairs);
    this.requests.add(requestsFrom(requests), { headers });
  },
);

setup(
  '{requests} has/have query:',
  {
    doc: 'Adds query parameters to the path, encoded. A name may come more than once.',
    examples: [
      'Given the next request has query:\n  | name | value         |\n  | q    | salt & pepper |\n  | tag  | a             |\n  | tag  | b             |',
    ],
  },
  function (this: AcceptanceWorld, requests: string, table: DataTable) {
    this.requests.add(requestsFrom(requests), { query: pairsOf(this, table, 'the table of a query') });
  },
);

setup(
  '{requests} has/have bearer token {string}',
  {
    doc: 'Adds `Authorization: Bearer ...`.',
    examples: [
      'Given the next request has bearer token "secret"',
      'Given all requests have bearer token "${token}"',
    ],
  },
  function (this: AcceptanceWorld, requests: string, token: string) {
    this.requests.add(requestsFrom(requests), { headers: { authorization: `Bearer ${token}` } });
  },
);

setup(
  '{requests} has/have user {string} with password {string}',
  {
    doc: 'Adds `Authorization: Basic ...`.',
    examples: ['Given the next request has user "ada" with password "engine"'],
  },
  function (this: AcceptanceWorld, requests: string, user: string, password: string) {
    this.requests.add(requestsFrom(requests), {
      headers: { authorization: basicCredentials(user, password) },
    });
  },
);

setup(
  '{requests} has/have a token of client {string} with secret {string}[ and scope {string}] from {string}[ of {service}]',
  {
    doc: 'Adds a bearer token that is fetched by the OAuth2 grant "client credentials" from a path of a service, or from an address. It is fetched once in a scenario, and anew when it has expired.',
    examples: [
      'Given all requests have a token of client "shop" with secret "${secret}" from "/oauth/token"',
      'Given the next request has a token of client "shop" with secret "s3cret" and scope "orders:read" from "/token" of inventory',
    ],
  },
  async function (
    this: AcceptanceWorld,
    requests: string,
    client: string,
    secret: string,
    scope: string | undefined,
    endpoint: string,
    service: string | undefined,
  ) {
    const token = await accessToken(this, { client, secret, scope, endpoint, service });
    this.requests.add(requestsFrom(requests), { headers: { authorization: `Bearer ${token}` } });
  },
);

setup(
  'cookie {string}[ of {service}] is set to {string}',
  {
    doc: 'Puts a cookie into the jar of the scenario, from which all requests to the service take theirs. What responses set is in it as well.',
    examples: [
      'Given cookie "session" is set to "${session}"',
      'Given cookie "theme" of inventory is set to "dark"',
    ],
  },
  async function (this: AcceptanceWorld, name: string, service: string | undefined, value: string) {
    await this.requests.cookies.set(this.httpClient(service).baseUrl, name, value);
  },
);

setup(
  '{requests} follow(s) redirects',
  {
    doc: 'Redirects are followed, at most 10; otherwise the redirect itself is the response.',
    examples: ['Given the next request follows redirects', 'Given all requests follow redirects'],
  },
  function (this: AcceptanceWorld, requests: string) {
    this.requests.add(requestsFrom(requests), { followRedirects: true });
  },
);

setup(
  '{requests} time(s) out after {duration}',
  {
    doc: 'How long an answer is waited for, instead of `timeout`. Without an answer in time the step that sends the request fails.',
    examples: [
      'Given the next request times out after 500 ms',
      'Given all requests to inventory time out after 2 seconds',
    ],
  },
  function (this: AcceptanceWorld, requests: string, timeoutMs: number) {
    assertTimeout(timeoutMs);
    this.requests.add(requestsFrom(requests), { timeoutMs });
  },
);

action(
  'I send {method} {string}[ to {service}]',
  {
    doc: 'Sends a request without a body to a service; to the first declared one unless named. Redirects are not followed unless that is said. Any method that Node.js knows.',
    examples: ['When I send GET "/users/${userId}"', 'When I send GET "/stock/sku-01" to inventory'],
  },
  async function (this: AcceptanceWorld, method: string, path: string, service: string | undefined) {
    await send(this, method, path, service, undefined);
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
    await send(this, method, path, service, jsonBody(this, body));
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
    await send(this, method, path, service, jsonBody(this, this.testData(file), `file "${file}"`));
  },
);

action(
  'I send {method} {string}[ to {service}] with text:',
  {
    doc: 'Sends the text as it is, `${...}` filled, as `application/json` unless a header says otherwise: for bodies that are wrong on purpose, and for other formats.',
    examples: ['When I send POST "/users" with text:\n  """\n  { "username": \n  """'],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    body: string,
  ) {
    await send(this, method, path, service, textBody(this, body));
  },
);

action(
  'I send {method} {string}[ to {service}] with form:',
  {
    doc: 'Sends a form as a browser does (`application/x-www-form-urlencoded`). A name may come more than once.',
    examples: [
      'When I send POST "/login" with form:\n  | name     | value  |\n  | username | ada    |\n  | password | engine |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    table: DataTable,
  ) {
    await send(this, method, path, service, formBody(this, table));
  },
);

action(
  'I send {method} {string}[ to {service}] with multipart form:',
  {
    doc: 'Sends a form with files (`multipart/form-data`). Columns: `name`, and `value` or `file` (in the test data folder); `type` is the media type of the part, told by the name of the file unless given.',
    examples: [
      'When I send POST "/upload" with multipart form:\n  | name  | value    | file          |\n  | title | A scroll |               |\n  | image |          | scroll.png |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    table: DataTable,
  ) {
    await send(this, method, path, service, await multipartBody(this, table));
  },
);

action(
  'I send {method} {string}[ to {service}] with file {string}',
  {
    doc: 'Sends the bytes of a file of the test data folder as they are. Its media type is told by its name, or by a header.',
    examples: ['When I send PUT "/pictures/1" with file "scroll.png"'],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    file: string,
  ) {
    await send(this, method, path, service, fileBody(this, file));
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
    this.remembered.exchanges.push(await this.exchange(request, service));
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

action(
  'I remember the response header {string} as {string}',
  {
    doc: 'Keeps a header of the last response as a variable; of several with that name, all, with commas between them.',
    examples: ['When I remember the response header "Location" as "address"'],
  },
  function (this: AcceptanceWorld, name: string, variable: string) {
    const values = headerOf(this.lastExchange, name);
    if (values.length === 0) fail(`the response has no header "${name}"`);
    this.variables.set(variable, values.join(', '));
  },
);

action(
  'I remember the response cookie {string} as {string}',
  {
    doc: 'Keeps the value of a cookie that the last response sets as a variable.',
    examples: ['When I remember the response cookie "session" as "session"'],
  },
  function (this: AcceptanceWorld, name: string, variable: string) {
    const cookie = cookieOf(this.lastExchange, name);
    if (cookie === undefined) fail(`the response sets no cookie "${name}"`);
    this.variables.set(variable, cookie.value);
  },
);

action(
  'I remember the response text as {string}',
  {
    doc: 'Keeps the body of the last response, as text, as a variable.',
    examples: ['When I remember the response text as "page"'],
  },
  function (this: AcceptanceWorld, variable: string) {
    this.variables.set(variable, this.lastExchange.text);
  },
);

async function send(
  world: AcceptanceWorld,
  method: string,
  path: string,
  service: string | undefined,
  body: OutgoingBody | undefined,
): Promise<void> {
  await world.http({ method, path, ...body }, service);
}
