import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { runOnce } from './project';

const service = `
const http = require('node:http');
const pages = {
  '/json': [200, 'application/json', '{"id":1,"items":[{"id":7,"price":-1},{"id":7,"price":2}]}'],
  '/many': [200, 'application/json', JSON.stringify([...Array(25).keys()])],
  '/a': [200, 'application/json', '{"a":1}'],
  '/none': [200, 'application/json', '[]'],
  '/plain': [200, undefined, '{"id":1}'],
  '/html': [502, 'text/html', '<html><head><title>502 Bad Gateway</title></head></html>'],
  '/login': [200, 'text/html', '<!doctype html><title>Sign in</title>'],
  '/locked': [401, 'application/json', '{}'],
  '/cursor': [200, 'application/json', '{"items":[{"id":1}],"meta":{"next":"4"}}'],
  '/address': [200, 'application/json', '{"items":[{"id":1}],"links":{"next":"/cursor"},"text":"a/b"}'],
  '/last': [200, 'application/json', '{"items":[{"id":1}],"text":"a/b","count":1,"cursors":{}}'],
};
http.createServer((request, response) => {
  if (request.url === '/health') return response.end();
  if (request.url.startsWith('/same'))
    return response.setHeader('content-type', 'application/json').end('[1]');
  if (request.url === '/hang-up') return request.socket.destroy();
  if (request.url === '/packed') return response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain');
  if (request.url === '/away') return response.writeHead(302, { location: 'http://127.0.0.1:1/x' }).end();
  if (request.url === '/private') return response.writeHead(302, { location: '/login' }).end();
  const [status, type, text] = pages[request.url] ?? [404, 'application/json', '{"error":"no"}'];
  if (type !== undefined) response.setHeader('content-type', type);
  response.writeHead(status).end(text);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;

const openapi = {
  openapi: '3.0.3',
  paths: {
    '/json': {
      get: {
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['id', 'name'],
                  properties: {
                    id: { type: 'string' },
                    items: { type: 'array', items: { properties: { price: { minimum: 0 } } } },
                  },
                },
              },
            },
          },
        },
      },
    },
    '/plain/{id}': { get: { responses: { 404: {} } } },
  },
};

/** A scenario's steps, and the whole of what its failing one says. */
const cases: ReadonlyArray<readonly [name: string, steps: string, message: string]> = [
  [
    'a body that differs',
    'When I send GET "/json"\nThen the response body matches:\n"""\n{ "id": 2, "nane": "x" }\n"""',
    `the response body does not match:
  $.id: expected 2, was 1
  $.nane: expected "x", but it is missing
the response body was:
  {"id": 1, "items": [{"id": 7, "price": -1}, {"id": 7, "price": 2}]}
in answer to GET /json (status 200)`,
  ],
  [
    'a status, with the body that was sent',
    'When I send POST "/users" with body:\n"""\n{ "name": "ada" }\n"""\nThen the response status is 201',
    `the response status is not 201 (Created), it was 404 (Not Found)
  POST /users with body {"name":"ada"} answered: {"error":"no"}`,
  ],
  [
    'typographic quotes that were sent',
    'When I send POST "/users" with body:\n"""\n{ "name": "“ada”" }\n"""\nThen the response status is 201',
    `the response status is not 201 (Created), it was 404 (Not Found)
  POST /users with body {"name":"“ada”"} answered: {"error":"no"}
  -> the body that was sent has a typographic quote (“); an editor or a chat program may have changed it`,
  ],
  [
    'a field that is misspelt',
    'When I send GET "/cursor"\nThen the response field "meta.nxet" is 1',
    `the response body has no field "meta.nxet": did you mean "meta.next"?
  GET /cursor answered: {"items":[{"id":1}],"meta":{"next":"4"}}`,
  ],
  [
    'a field of an array',
    'When I send GET "/cursor"\nThen the response field "items.id" is 1',
    `the response body has no field "items.id": "items" is an array of 1
  GET /cursor answered: {"items":[{"id":1}],"meta":{"next":"4"}}`,
  ],
  [
    'pages that are always the same',
    'When I read all pages of "/same?page=1" by query "page"',
    `the pages do not end: /same?page=1 and /same?page=2 answer the same
  GET /same?page=2 answered: [1]`,
  ],
  [
    'another number of items',
    'When I send GET "/json"\nThen the response field "items" has 3 items',
    `the response field "items": there are 2 items, not 3:
  [0] {"id": 7, "price": -1}
  [1] {"id": 7, "price": 2}`,
  ],
  [
    'another number of many items',
    'When I send GET "/many"\nThen the response body has 3 items',
    `the response body: there are 25 items, not 3:
${Array.from({ length: 20 }, (_, at) => `  [${at}] ${at}`).join('\n')}
  ... and 5 more`,
  ],
  [
    'no items',
    'When I send GET "/none"\nThen the response body has 1 item',
    'the response body: there are no items, not 1',
  ],
  [
    'an item that should not be',
    'When I send GET "/json"\nThen no item of the response field "items" matches:\n"""\n{ "price": 2 }\n"""',
    'item [1] of the response field "items" matches:\n  {"id": 7, "price": 2}',
  ],
  [
    'a redirect to where nobody is',
    'Given the next request follows redirects\nWhen I send GET "/away"',
    'GET /away got no answer: redirected to http://127.0.0.1:1/x, where: ECONNREFUSED: Connection refused',
  ],
  [
    'a connection that is closed',
    'When I send GET "/hang-up"',
    'GET /hang-up got no answer: the service closed the connection without an answer (socket hang up)',
  ],
  [
    'a body that is not compressed',
    'When I send GET "/packed"',
    'GET /packed got no answer: its body is not compressed as its header "content-encoding" says (incorrect header check)',
  ],
  [
    'an HTML page instead of JSON',
    'When I send GET "/html"\nThen the response field "id" is 1',
    `the response body has no field "id"
  GET /html answered: <html><head><title>502 Bad Gateway</title></head></html>
  -> the body is an HTML page, "502 Bad Gateway", not JSON: a proxy or a framework's error page has answered, not the service's own code`,
  ],
  [
    'JSON without a media type',
    'When I send GET "/plain"\nThen the response field "id" is 1',
    `the response body has no field "id"
  GET /plain answered: {"id":1}
  -> the body reads as JSON, but the response has no header "content-type": so it was taken as text`,
  ],
  [
    'a redirect that was not followed',
    'When I send GET "/private"\nThen the response status is 200',
    `the response status is not 200 (OK), it was 302 (Found)
  GET /private answered: (no body)
  -> it redirects to "/login"; to follow it: Given the next request follows redirects`,
  ],
  [
    'a redirect to a login page',
    'Given the next request follows redirects\nWhen I send GET "/private"\nThen the response field "id" is 1',
    `the response body has no field "id"
  GET /private, redirected (302) to /login answered: <!doctype html><title>Sign in</title>
  -> the request was redirected to a login page, /login: it lacks credentials, or they were refused`,
  ],
  [
    'no credentials',
    'When I send GET "/locked"\nThen the response status is OK',
    `the response status is not OK, it was 401 (Unauthorized)
  GET /locked answered: {}
  -> the request was sent without credentials: it has no header "authorization"`,
  ],
  [
    'items',
    'When I send GET "/json"\nThen each item of the response field "items" matches:\n"""\n{ "price": "#? _ > 0" }\n"""',
    `1 of 2 items of the response field "items" do not match:
  item [0]:
    $.price: expected #? _ > 0, was -1`,
  ],
  [
    'items that are not unique',
    'When I send GET "/json"\nThen each item of the response field "items" has its own "id"',
    `"id" is not unique in the response field "items":
  [0] and [1] both have 7`,
  ],
  [
    'answers at once',
    'When I send GET "/json" 3 times at once\nThen exactly 1 response has status 201 and the others 409',
    `1 of 3 responses should have status 201 (Created), the others 409 (Conflict); there were:
  3 x 200 (OK): {"id":1,"items":[{"id":7,"price":-1},{"id":7,"price":2}]}`,
  ],
  [
    'a contract of OpenAPI',
    'When I send GET "/json"\nThen the response conforms to OpenAPI',
    `the response does not conform to "openapi.json":
  $.name: is required, but it is missing
  $.id: must be string, was 1
  $.items[0].price: must be >= 0, was -1
in answer to GET /json (status 200)`,
  ],
  [
    'a plain contract',
    'When I send GET "/json"\nThen the response body conforms to contract:\n"""\n{ "required": ["id"], "properties": { "id": "string" } }\n"""',
    `the response body does not conform to the contract of this step:
  $.id: must be string, was 1`,
  ],
];

/** Steps that are wrong in themselves. */
const mistakes: ReadonlyArray<readonly [name: string, steps: string, message: RegExp]> = [
  [
    'a guard after a POST',
    'When I send POST "/users"\nThen within 1 second the response status is 201',
    /the last request, POST \/users, would be sent again and again, and may do its work each time\n.*-> leave `within` or `for` out here, or ask with GET/,
  ],
  [
    'a table with another header',
    'Given the next request has headers:\n| nmae | value |\n| a | b |',
    /the table of headers has no column "nmae": did you mean "name"\?/,
  ],
  [
    'a name that no header has',
    'Given the next request has header "X A" with value "a"',
    /the header "X A": no header can have that name\n.*-> names have letters, digits and hyphens: X-Request-Id/,
  ],
  [
    'a value that no header has',
    'Given the next request has header "X-A" with value "ok ✓"',
    /the value of header "X-A": "✓" cannot stand in a header\n.*-> write it encoded: %E2%9C%93/,
  ],
  [
    'a time in which nothing can be answered',
    'Given the next request times out after 0 ms',
    /no answer could come in 0 ms\n.*-> give a time that is longer than that/,
  ],
  [
    'a cursor that is taken for an address',
    'When I read all pages of "/cursor" by field "meta.next"',
    /the field "meta.next" of a page: it holds "4", which is no address\n.*by field "meta.next" as query "\.\.\."/,
  ],
  [
    'a cursor in a field that is misspelt',
    'When I read all pages of "/cursor" by field "meta.nxt" as query "after"',
    /the first page, GET \/cursor: its body has no field "meta.nxt", so that it would be the last one\n.*-> did you mean "meta.next"\?/,
  ],
  [
    'an address in a field whose parent is misspelt',
    'When I read all pages of "/address" by field "link.next"',
    /its body has no field "link.next", so that it would be the last one\n.*-> did you mean "links.next"\?/,
  ],
  [
    'a field of a page that is an array',
    'When I read all pages of "/same" by field "next"',
    /the first page, GET \/same: its body is an array, which has no field "next"\n.*-> name a field of an object/,
  ],
  [
    'a last page without the field, and without one that could be meant',
    'When I read all pages of "/last" by field "next"\nWhen I read all pages of "/last" by field "cursor" as query "after"\nThen all pages have 7 items',
    /all pages: there is 1 item, not 7:\n {2}\[0\] \{"id": 1\}/,
  ],
  [
    'a schema on which its validator fails',
    'When I send GET "/a"\nThen the response body conforms to JSON Schema:\n"""\n{ "anyOf": [{ "properties": { "a": false } }], "patternProperties": { "^a": false } }\n"""',
    /^the JSON Schema of this step: nothing can be checked by it: the validator \(ajv\) fails on the schema itself, with "Cannot set properties of undefined/,
  ],
  ['an unknown method', 'When I send GTE "/json"', /unknown HTTP method "GTE"\n.*-> did you mean "GET"\?/],
  [
    'a phrase that no status has',
    'When I send GET "/json"\nThen the response status is Creatd',
    /unknown status "Creatd"\n.*-> did you mean "Created"\?/,
  ],
  [
    'an unknown service',
    'When I send GET "/json" to apy',
    /unknown service "apy"\n.*-> did you mean "api"\?/,
  ],
  [
    'a file that is not there',
    'When I send POST "/json" with file "usr.json"',
    /file "usr.json": .*\n.*-> did you mean "user.json"\?/,
  ],
  [
    'JSON that is none',
    'When I send POST "/json" with body:\n"""\n{ "a": 1,\n  b: 2 }\n"""',
    /the body of the request is not valid JSON at line 2, column 3/,
  ],
  [
    'a path that the document does not have',
    'When I send GET "/jsn"\nThen the response conforms to OpenAPI',
    /it has no path for "\/jsn"\n.*-> the nearest is "\/json"/,
  ],
  [
    'a status that the document does not have',
    'When I send POST "/json"\nThen the response conforms to OpenAPI',
    /"\/json" has no POST there\n.*-> it has: GET/,
  ],
  [
    'a type that a contract cannot have',
    'When I send GET "/json"\nThen the response body has fields:\n| field | type |\n| id | strin |',
    /the type "strin" of "id" is unknown\n.*-> did you mean "string"\?/,
  ],
  [
    'one response where there were many',
    'When I send GET "/json" 2 times at once\nThen the response status is 200',
    /there is no single response to look at\n.*-> the last step sent several requests at once/,
  ],
];

describe('what HTTP steps say when they fail', () => {
  const said = new Map<string, string>();

  before(async () => {
    const scenarios = [...cases, ...mistakes].map(
      ([name, steps]) =>
        `  Scenario: ${name}\n${steps.replace(/^/gm, '    * ').replace(/\* (?=["{|]| *b:)/g, '')}\n`,
    );
    const feature = `Feature: failures\n${scenarios.join('\n').replace(/\* (Given|When|Then) /g, '$1 ')}`;
    const { messages, output } = await runOnce({
      brine: `{ provider: 'embedded', services: { api: { command: 'node api.js', env: { PORT: '{{self.port}}' }, openapi: 'openapi.json' } } }`,
      files: {
        'api.js': service,
        'openapi.json': JSON.stringify(openapi),
        'test-data/user.json': '{}',
        'features/failures.feature': feature,
      },
    });
    const pickles = new Map(messages.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle.name]] : [])));
    const ofCase = new Map(
      messages.flatMap(({ testCase }) => (testCase ? [[testCase.id, pickles.get(testCase.pickleId)!]] : [])),
    );
    const started = new Map(
      messages.flatMap(({ testCaseStarted: one }) => (one ? [[one.id, ofCase.get(one.testCaseId)!]] : [])),
    );
    for (const { testStepFinished: end } of messages) {
      const message = end?.testStepResult.exception?.message;
      if (end && message !== undefined) said.set(started.get(end.testCaseStartedId)!, message);
    }
    assert.ok(said.size > 0, output);
  });

  for (const [name, , message] of cases) it(name, () => assert.equal(said.get(name), message));
  for (const [name, , message] of mistakes) it(name, () => assert.match(said.get(name) ?? '', message));
});
