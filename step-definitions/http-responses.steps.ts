import type { DataTable } from '@cucumber/cucumber';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { expectJson, expectLiteral, fail, type Literal } from '../world/expectations';
import { askAgain, assertMayAskAgain, assertMayRepeat } from '../world/http-again';
import {
  contextOf,
  cookieOf,
  expectBody,
  expectField,
  expectHeader,
  expectStatus,
  fieldOf,
  headerOf,
  summaryOf,
} from '../world/http-responses';
import { rowsOf } from '../world/http-tables';
import type { StepDocumentation } from './catalogue';
import { stepsUsing } from './define';

const { assertion } = stepsUsing();

/** With a guard, a request that only reads is sent again before each further look. */
const ofResponse: Pick<StepDocumentation, 'prepare' | 'again'> = {
  prepare: assertMayAskAgain,
  again: askAgain,
};
const repeated: Pick<StepDocumentation, 'prepare'> = { prepare: assertMayRepeat };

assertion(
  'the response status is {status}',
  {
    ...ofResponse,
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
    ...ofResponse,
    doc: 'The last response body has at least these fields. Values may be markers, which may capture: `"#uuid as orderId"`. Arrays have as many items, in this order.',
    examples: [
      'Then the response body matches:\n  """\n  { "id": "#uuid as userId", "username": "ada" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, expected: string) {
    expectBody(this, this.lastExchange, expected, { mode: 'contains' });
  },
);

assertion(
  'the response body matches in any order:',
  {
    ...ofResponse,
    doc: 'As `matches:`; the items of arrays may come in any order, at every level.',
    examples: ['Then the response body matches in any order:\n  """\n  { "tags": ["b", "a"] }\n  """'],
  },
  function (this: AcceptanceWorld, expected: string) {
    expectBody(this, this.lastExchange, expected, { mode: 'contains', arrays: 'any order' });
  },
);

assertion(
  'the response body contains:',
  {
    ...ofResponse,
    doc: 'As `matches:`; arrays may have further items, and in any order, at every level.',
    examples: ['Then the response body contains:\n  """\n  { "items": [{ "sku": "sku-01" }] }\n  """'],
  },
  function (this: AcceptanceWorld, expected: string) {
    expectBody(this, this.lastExchange, expected, { mode: 'contains', arrays: 'contains' });
  },
);

assertion(
  'the response body is exactly:',
  {
    ...ofResponse,
    doc: 'The last response body has these fields and no others, at every level.',
    examples: ['Then the response body is exactly:\n  """\n  { "error": "#string" }\n  """'],
  },
  function (this: AcceptanceWorld, expected: string) {
    expectBody(this, this.lastExchange, expected, { mode: 'exactly' });
  },
);

assertion(
  'the response body is exactly the file {string}',
  {
    ...ofResponse,
    doc: 'The bytes of the last response body are those of a file of the test data folder.',
    examples: ['Then the response body is exactly the file "scroll.png"'],
  },
  function (this: AcceptanceWorld, file: string) {
    const { bytes } = this.lastExchange;
    const expected = this.testBytes(file);
    if (Buffer.compare(bytes, expected) === 0) return;
    const at = expected.findIndex((byte, index) => byte !== bytes[index]);
    const where = at < 0 ? expected.length : at;
    fail(
      `the response body (${bytes.length} bytes) is not the file "${file}" (${expected.length} bytes): they differ from byte ${where} on`,
    );
  },
);

assertion(
  'the response body is empty',
  {
    ...ofResponse,
    doc: 'The last response has no body.',
    examples: ['Then the response body is empty'],
  },
  function (this: AcceptanceWorld) {
    if (this.lastExchange.text !== '')
      fail(`the response body is not empty\n${summaryOf(this.lastExchange)}`);
  },
);

assertion(
  'the response body has {int} byte(s)',
  {
    ...ofResponse,
    doc: 'How large the last response body is, after decompression.',
    examples: ['Then the response body has 0 bytes'],
  },
  function (this: AcceptanceWorld, size: number) {
    const { length } = this.lastExchange.bytes;
    if (length !== size) fail(`the response body has ${length} bytes, not ${size}`);
  },
);

assertion(
  'the response body has at most {int} byte(s)',
  {
    ...ofResponse,
    doc: 'As `has ... bytes`; for what may not grow.',
    examples: ['Then the response body has at most 65536 bytes'],
  },
  function (this: AcceptanceWorld, size: number) {
    const { length } = this.lastExchange.bytes;
    if (length > size) fail(`the response body has ${length} bytes, more than ${size}`);
  },
);

assertion(
  'the response text is {literal}',
  {
    ...ofResponse,
    doc: 'The last response body as text, whatever its type. The text may be a marker.',
    examples: ['Then the response text is "pong"', 'Then the response text is "#regex order-\\\\d+"'],
  },
  function (this: AcceptanceWorld, expected: Literal) {
    expectLiteral(this, expected, this.lastExchange.text, 'the response text');
  },
);

assertion(
  'the response text is:',
  {
    ...ofResponse,
    doc: 'As above, for longer texts; `${...}` is filled.',
    examples: ['Then the response text is:\n  """\n  sku,name\n  sku-01,Brine\n  """'],
  },
  function (this: AcceptanceWorld, expected: string) {
    const text = this.variables.text(expected, 'the text of this step');
    if (this.lastExchange.text.replace(/\r?\n$/, '') !== text)
      fail(`the response text is not:\n${text}\n${summaryOf(this.lastExchange)}`);
  },
);

assertion(
  'the response text contains {string}',
  {
    ...ofResponse,
    doc: 'The last response body, as text, has this in it.',
    examples: ['Then the response text contains "Welcome"'],
  },
  function (this: AcceptanceWorld, part: string) {
    if (!this.lastExchange.text.includes(part))
      fail(`the response text does not contain "${part}"\n${summaryOf(this.lastExchange)}`);
  },
);

assertion(
  'the response field {string} is {literal}',
  {
    ...ofResponse,
    doc: 'One value of the last response body, by its path. Text may be a marker; `"#notpresent"` says that there is no such field.',
    examples: [
      'Then the response field "total" is 25',
      'Then the response field "items" is "#[10]"',
      'Then the response field "password" is "#notpresent"',
    ],
  },
  function (this: AcceptanceWorld, field: string, expected: Literal) {
    expectField(this, this.lastExchange, field, expected);
  },
);

assertion(
  'the response field {string} matches:',
  {
    ...ofResponse,
    doc: 'One value of the last response body has at least these fields.',
    examples: ['Then the response field "items[0]" matches:\n  """\n  { "sku": "sku-01" }\n  """'],
  },
  function (this: AcceptanceWorld, field: string, expected: string) {
    const actual = fieldOf(this.lastExchange, field);
    const what = `the response field "${field}"`;
    expectJson(this, expected, actual, {
      what,
      mode: 'contains',
      context: () => contextOf(this.lastExchange),
    });
  },
);

assertion(
  'the response field {string} is exactly:',
  {
    ...ofResponse,
    doc: 'One value of the last response body has these fields and no others, at every level.',
    examples: ['Then the response field "customer" is exactly:\n  """\n  { "id": 1, "name": "Ada" }\n  """'],
  },
  function (this: AcceptanceWorld, field: string, expected: string) {
    const actual = fieldOf(this.lastExchange, field);
    const what = `the response field "${field}"`;
    expectJson(this, expected, actual, {
      what,
      mode: 'exactly',
      context: () => contextOf(this.lastExchange),
    });
  },
);

assertion(
  'the response header {string} is {literal}',
  {
    ...ofResponse,
    doc: 'A header of the last response; of several with that name, one of them, or all with commas between them. Text may be a marker; `null` says that there is no such header.',
    examples: [
      'Then the response header "X-Cache" is "HIT"',
      'Then the response header "content-type" is "#regex .*json.*"',
      'Then the response header "X-Powered-By" is null',
    ],
  },
  function (this: AcceptanceWorld, header: string, expected: Literal) {
    expectHeader(this, this.lastExchange, header, expected);
  },
);

assertion(
  'the response has headers:',
  {
    ...ofResponse,
    doc: 'Several headers of the last response, by name and value, as `the response header ... is ...` compares them.',
    examples: [
      'Then the response has headers:\n  | name          | value    |\n  | Cache-Control | no-store |\n  | ETag          | #string  |',
    ],
  },
  function (this: AcceptanceWorld, table: DataTable) {
    const columns = { needed: ['name', 'value'] };
    for (const { name = '', value = '' } of rowsOf(this, table, 'the table of headers', columns))
      expectHeader(this, this.lastExchange, name, value === 'null' ? null : value);
  },
);

assertion(
  'the response header {string} has {int} value(s)',
  {
    ...ofResponse,
    doc: 'How many headers with that name the last response has.',
    examples: ['Then the response header "Set-Cookie" has 2 values'],
  },
  function (this: AcceptanceWorld, header: string, count: number) {
    const values = headerOf(this.lastExchange, header);
    if (values.length !== count)
      fail(
        `the response header "${header}" has ${values.length} values, not ${count}: ${values.join(' | ')}`,
      );
  },
);

assertion(
  'the response cookie {string} is {literal}',
  {
    ...ofResponse,
    doc: 'The value of a cookie that the last response sets. Text may be a marker; `null` says that it sets no such cookie.',
    examples: [
      'Then the response cookie "session" is "#string as session"',
      'Then the response cookie "theme" is null',
    ],
  },
  function (this: AcceptanceWorld, name: string, expected: Literal) {
    const actual = cookieOf(this.lastExchange, name)?.value ?? null;
    const set = headerOf(this.lastExchange, 'set-cookie');
    const context = `the response sets ${set.length === 0 ? 'no cookies' : set.join(' | ')}`;
    expectLiteral(this, expected, actual, { what: `the response cookie "${name}"`, context });
  },
);

assertion(
  'the response cookie {string} matches:',
  {
    ...ofResponse,
    doc: 'A cookie that the last response sets: `value`, and its attributes (`path`, `maxage`, `expires`, `domain`, `samesite`; `maxage` is a number, `httponly` and `secure` are true).',
    examples: [
      'Then the response cookie "session" matches:\n  """\n  { "path": "/", "httponly": true, "samesite": "Lax" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, name: string, expected: string) {
    const cookie = cookieOf(this.lastExchange, name);
    if (cookie === undefined) fail(`the response sets no cookie "${name}"`);
    const actual = { value: cookie.value, ...cookie.attributes };
    expectJson(this, expected, actual, { what: `the response cookie "${name}"`, mode: 'contains' });
  },
);

assertion(
  'the response took less than {duration}',
  {
    ...ofResponse,
    doc: 'How long the last answer took, with the redirects that were followed.',
    examples: ['Then the response took less than 200 ms'],
  },
  function (this: AcceptanceWorld, most: number) {
    const { elapsedMs } = this.lastExchange;
    if (elapsedMs >= most) fail(`the response took ${elapsedMs.toFixed(1)} ms, not less than ${most} ms`);
  },
);

assertion(
  'the response redirects to {string}',
  {
    ...ofResponse,
    doc: 'The last response is a redirect to this path or address, and was not followed.',
    examples: ['Then the response redirects to "/login?next=/orders"'],
  },
  function (this: AcceptanceWorld, target: string) {
    const { status, headers, url } = this.lastExchange;
    const { location } = headers;
    if (status < 300 || status > 399 || location === undefined)
      fail(`the response is no redirect, its status was ${status}\n${summaryOf(this.lastExchange)}`);
    const same = location === target || new URL(location, url).href === new URL(target, url).href;
    if (!same) fail(`the response redirects to "${location}", not to "${target}"`);
  },
);

assertion(
  'the response came after {int} redirect(s)[ from {string}]',
  {
    ...ofResponse,
    doc: 'How many redirects were followed to the last response, and the path (with its query) that it comes from.',
    examples: [
      'Then the response came after 1 redirect',
      'Then the response came after 2 redirects from "/welcome"',
    ],
  },
  function (this: AcceptanceWorld, count: number, path?: string) {
    const { redirects, url } = this.lastExchange;
    const { pathname, search } = new URL(url);
    const way = redirects.map(({ status, location }) => `\n  ${status} to ${location}`).join('');
    if (redirects.length !== count)
      fail(`the response came after ${redirects.length} redirects, not ${count}${way}`);
    if (path !== undefined && path !== `${pathname}${search}`)
      fail(`the response came from "${pathname}${search}", not from "${path}"${way}`);
  },
);

assertion(
  '{method} {string}[ of {service}] answers {status}',
  {
    ...repeated,
    doc: 'Sends the request and looks at the status. With `within`, it is sent again until the status is right; POST and PATCH are not, unless they have an `Idempotency-Key`.',
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
    const exchange = await this.http({ method, path }, service);
    expectStatus(exchange, status);
  },
);

assertion(
  '{method} {string}[ of {service}] answers[ {status}] with:',
  {
    ...repeated,
    doc: 'Sends the request and compares (the status and) the body, as `the response body matches:` does. With `within`, it is sent again until it does.',
    examples: [
      'Then within 5 seconds GET "/orders/${orderId}" answers with:\n  """\n  { "status": "confirmed" }\n  """',
      'Then GET "/orders/1" answers 200 with:\n  """\n  { "status": "confirmed" }\n  """',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    status: string | undefined,
    expected: string,
  ) {
    const exchange = await this.http({ method, path }, service);
    if (status !== undefined) expectStatus(exchange, status);
    expectBody(this, exchange, expected, { mode: 'contains' });
  },
);
