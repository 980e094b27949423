import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type DescribedRequest, OpenApiDocument } from '../../support/contracts/openapi';
import { BrineError } from '../../support/errors';

async function written(t: TestContext, files: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'brine-openapi-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return join(folder, 'openapi.json');
}

const documentWith = (item: object, others: object = {}) => ({
  openapi: '3.1.0',
  paths: { '/orders/{id}': item },
  ...others,
});

const request = (others: Partial<DescribedRequest> = {}): DescribedRequest => ({
  method: 'PUT',
  path: '/orders/7?tags=a&tags=b&limit=5',
  headers: { 'content-type': 'application/json', 'x-trace': 't' },
  body: { sku: 'a', parent: { sku: 'b' } },
  ...others,
});

const told = async (file: string, asked: DescribedRequest) =>
  (await (await OpenApiDocument.read(file)).requestFaults(asked)).map(
    ({ path, reason }) => `${path} ${reason}`,
  );

const refused = (work: Promise<unknown>, message: RegExp) =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof BrineError && error.code === 'BRINE_STEP_002', String(error));
    assert.match(error.message, message);
    return true;
  });

const operation = {
  parameters: [
    { $ref: 'common/parameters.yaml#/Limit' },
    { in: 'query', name: 'tags', schema: { type: 'array', items: { type: 'string', minLength: 1 } } },
    { in: 'header', name: 'X-Trace', required: true, schema: { type: 'string' } },
    { in: 'cookie', name: 'session', required: true, schema: { type: 'string' } },
  ],
  requestBody: {
    required: true,
    content: { 'application/json': { schema: { $ref: 'schemas/order.json' } } },
  },
  responses: { default: {} },
};

const files = {
  'openapi.json': documentWith(
    {
      parameters: [
        { in: 'path', name: 'id', required: true, schema: { type: 'integer' } },
        { in: 'query', name: 'limit', schema: { type: 'string', maxLength: 0 } },
      ],
      put: operation,
    },
    { components: {} },
  ),
  'common/parameters.yaml':
    'Limit:\n  in: query\n  name: limit\n  required: true\n  schema: { $ref: "../schemas/order.json#/$defs/Small" }\n',
  'schemas/order.json': {
    $id: 'https://example.org/order',
    type: 'object',
    required: ['sku'],
    properties: {
      sku: { type: 'string' },
      parent: { $ref: '../schemas/order.json' },
      api: { $ref: '../openapi.json#/components' },
    },
    $defs: { Small: { type: 'integer', maximum: 10 } },
  },
};

test('a request conforms to a document in several files, which refer to each other in circles', async (t) => {
  const file = await written(t, files);
  assert.deepEqual(await told(file, request()), []);
  assert.deepEqual(
    await told(file, request({ path: '/orders/x?limit=11', headers: { 'content-type': 'text/plain' } })),
    [
      'path parameter "id" must be integer',
      'query parameter "limit" must be integer',
      'header parameter "X-Trace" is required, but it is missing',
      'header "content-type" must be application/json',
    ],
  );
  assert.deepEqual(
    await told(file, request({ path: '/orders/7?limit=1&tags=', body: { sku: 1, parent: {} } })),
    [
      'query parameter "tags" must be array',
      '$.sku must be string',
      '$.parent.sku is required, but it is missing',
    ],
  );
  assert.deepEqual(await told(file, request({ path: '/orders/7', body: undefined })), [
    'query parameter "limit" is required, but it is missing',
    '$ is required, but the request has no body',
  ]);
});

test('a body that nobody described is a fault', async (t) => {
  const file = await written(t, { 'openapi.json': documentWith({ get: { responses: { default: {} } } }) });
  assert.deepEqual(await told(file, request({ method: 'GET' })), [
    '$ should not be there: the request is described without a body',
  ]);
  await refused(
    told(file, request({ method: 'PATCH' })),
    /"\/orders\/\{id\}" has no PATCH there\n {2}-> it has: GET/,
  );
  await refused(told(file, request({ path: '/order' })), /it has no path for "\/order"/);
});

test('references that lead nowhere are errors that name them', async (t) => {
  const referring = (reference: string) =>
    documentWith({ get: { requestBody: { $ref: reference }, responses: {} } });
  const missing = await written(t, { 'openapi.json': referring('parts/x.yaml') });
  await refused(
    told(missing, request({ method: 'GET' })),
    /its reference "parts\/x.yaml" leads nowhere: ENOENT/,
  );
  const remote = await written(t, { 'openapi.json': referring('https://example.org/x.yaml#/X') });
  await refused(
    told(remote, request({ method: 'GET' })),
    /its reference "https:.*" leads nowhere: only files are read/,
  );
  const nothing = await written(t, {
    'openapi.json': referring('parts/x.yaml#/Nothing'),
    'parts/x.yaml': 'Other: {}\n',
  });
  await refused(
    told(nothing, request({ method: 'GET' })),
    /its reference "parts\/x.yaml#\/Nothing" leads nowhere: parts\/x.yaml has no "Nothing" there; it has: Other/,
  );
  const deep = await written(t, {
    'openapi.json': referring('parts/x.yaml'),
    'parts/x.yaml': 'a: { $ref: "y.yaml" }\n',
  });
  await refused(
    told(deep, request({ method: 'GET' })),
    /its reference "y.yaml" in parts\/x.yaml leads nowhere: ENOENT/,
  );
  const broken = await written(t, { 'openapi.json': referring('x.json'), 'x.json': '{' });
  await refused(told(broken, request({ method: 'GET' })), /its reference "x.json" leads nowhere: .*JSON/);
});

const withSchema = (schema: object) =>
  documentWith({ put: { requestBody: { content: { 'application/json': { schema } } }, responses: {} } });

const bodyTold = async (t: TestContext, others: Record<string, unknown>, schema: object, body: unknown) => {
  const file = await written(t, { 'openapi.json': withSchema(schema), ...others });
  return told(file, request({ path: '/orders/7', body }));
};

test('a reference beside other keywords holds together with them', async (t) => {
  const others = { 'x.yaml': 'Name: { type: string, maxLength: 3 }\n' };
  const schema = { $ref: 'x.yaml#/Name', maxLength: 9, minLength: 2 };
  assert.deepEqual(await bodyTold(t, others, schema, 'four'), ['$ must NOT have more than 3 characters']);
  assert.deepEqual(await bodyTold(t, others, schema, 'f'), ['$ must NOT have fewer than 2 characters']);
});

test('anchors of other files are found, even when two files have the same', async (t) => {
  const others = {
    'x.yaml':
      '$defs: { m: { $anchor: money, type: integer } }\nitems: { $ref: "y.yaml#money" }\ntype: array\n',
    'y.yaml': '$defs: { a/b: { $anchor: money, type: string } }\nproperties: { p: { $ref: "#money" } }\n',
  };
  assert.deepEqual(await bodyTold(t, others, { $ref: 'x.yaml' }, [1]), ['$[0] must be string']);
  assert.deepEqual(await bodyTold(t, others, { $ref: 'x.yaml#money' }, 'x'), ['$ must be integer']);
  assert.deepEqual(await bodyTold(t, others, { $ref: 'y.yaml' }, { p: 1 }), ['$.p must be string']);
  await refused(
    bodyTold(t, others, { $ref: 'x.yaml#mony' }, 1),
    /its reference "x.yaml#mony" leads nowhere: x.yaml has no "\$anchor": "mony"/,
  );
});

test('a value of an example is no reference, a property of that name is', async (t) => {
  const others = { 'x.yaml': 'Name: { type: string }\n' };
  const schema = {
    example: { $ref: 'nowhere.yaml' },
    default: { $ref: 'nowhere.yaml' },
    properties: { example: { $ref: 'x.yaml#/Name' }, default: { $ref: 'x.yaml#/Name' } },
  };
  assert.deepEqual(await bodyTold(t, others, schema, { example: 1, default: 2 }), [
    '$.example must be string',
    '$.default must be string',
  ]);
});

test('names in references are decoded', async (t) => {
  const others = { 'my files/x.yaml': 'a/b c~: { type: string }\n' };
  assert.deepEqual(await bodyTold(t, others, { $ref: 'my%20files/x.yaml#/a~1b%20c~0' }, 1), [
    '$ must be string',
  ]);
  await refused(bodyTold(t, others, { $ref: 'my%zz.yaml' }, 1), /"my%zz.yaml" leads nowhere: URI malformed/);
});

test('references that lead only to each other are an error, in schemas and elsewhere', async (t) => {
  const others = { 'x.yaml': '$ref: y.yaml\n', 'y.yaml': '$ref: x.yaml\n' };
  await refused(bodyTold(t, others, { $ref: 'x.yaml' }, 1), /its references lead only to each other: #/);
  await refused(
    bodyTold(t, {}, { $ref: '#/paths/~1orders~1{id}/put/requestBody/content/application~1json/schema' }, 1),
    /lead only to each other/,
  );
  const item = await written(t, { 'openapi.json': documentWith({ $ref: 'x.yaml' }), ...others });
  await refused(told(item, request()), /its references lead only to each other: #/);
});
