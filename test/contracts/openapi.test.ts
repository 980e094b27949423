import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type DescribedResponse, OpenApiDocument } from '../../support/contracts/openapi';

async function documentOf(t: TestContext, version: string, schema: object, response: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'brine-openapi-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'openapi.json');
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } };
  const operation = { responses: { '2XX': { description: '', content, ...response } } };
  const paths = {
    '/things/{id}': { get: operation },
    '/things/special': { get: { responses: { default: {} } } },
  };
  const document = {
    openapi: version,
    servers: [{ url: 'https://x/v1' }],
    paths,
    components: { schemas: { Thing: schema } },
  };
  await writeFile(file, JSON.stringify(document));
  return OpenApiDocument.read(file);
}

const answer = (body: unknown, others: Partial<DescribedResponse> = {}): DescribedResponse => ({
  method: 'GET',
  path: '/v1/things/1?full=true',
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body,
  ...others,
});

const paths = async (document: OpenApiDocument, response: DescribedResponse) =>
  (await document.faults(response)).map(({ path, reason }) => `${path} ${reason}`);

test('of 3.0, nullable and excluded bounds mean what they say', async (t) => {
  const properties = {
    name: { type: 'string', nullable: true },
    price: { type: 'number', minimum: 0, exclusiveMinimum: true },
  };
  const document = await documentOf(t, '3.0.3', { type: 'object', properties });
  assert.deepEqual(await paths(document, answer({ name: null, price: 0.1 })), []);
  assert.deepEqual(await paths(document, answer({ name: 1, price: 0 })), [
    '$.name must be string,null',
    '$.price must be > 0',
  ]);
});

test('of 3.1, schemas are JSON Schema', async (t) => {
  const document = await documentOf(t, '3.1.0', { type: ['object', 'null'], unevaluatedProperties: false });
  assert.deepEqual(await paths(document, answer(null)), []);
  assert.deepEqual(await paths(document, answer({ a: 1 })), ['$.a is not expected']);
});

test('content type and headers belong to the response', async (t) => {
  const headers = { 'X-Total': { required: true, schema: { type: 'integer' } } };
  const document = await documentOf(t, '3.1.0', {}, { headers });
  const html = { 'content-type': 'text/html', 'x-total': 'many' };
  assert.deepEqual(await paths(document, answer('x', { headers: html })), [
    'header "X-Total" must be integer',
    'header "content-type" must be application/json',
  ]);
  assert.deepEqual(await paths(document, answer({})), ['header "X-Total" is required, but it is missing']);
  assert.deepEqual(
    await paths(document, answer({}, { headers: { ...answer({}).headers, 'x-total': '5' } })),
    [],
  );
});

test('a path without parameters goes before one with them, and an undocumented status is an error', async (t) => {
  const document = await documentOf(t, '3.1.0', { type: 'string' });
  assert.deepEqual(await paths(document, answer(undefined, { path: '/things/special', headers: {} })), []);
  await assert.rejects(
    document.faults(answer({}, { status: 404 })),
    /has no response 404 there\n.*it has: 2XX/,
  );
});
