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
    /it has nothing at "#\/x-brine-files\/0\/Nothing", to which it refers/,
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
