import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { EmbeddedRegistry } from '../../support/schema-registry';

let registry: EmbeddedRegistry;

before(async () => {
  registry = await EmbeddedRegistry.start();
});

after(async () => {
  await registry[Symbol.asyncDispose]();
});

const part = fc.oneof(
  fc.constantFrom('a', 'b', 'a-value', '1', '2', 'latest', '-1', '0', '%', '%2F', '%zz', '..', '__proto__'),
  fc.string({ maxLength: 5 }).map(encodeURIComponent),
);
const patterns = [
  '/subjects',
  '/subjects/*',
  '/subjects/*/versions',
  '/subjects/*/versions/*',
  '/subjects/*/versions/*/schema',
  '/subjects/*/versions/*/referencedby',
  '/schemas/ids/*',
  '/schemas/ids/*/versions',
  '/compatibility/subjects/*/versions/*',
  '/compatibility/subjects/*/versions',
  '/config/*',
  '/mode/*',
  '/config',
  '/*',
];
const schema = fc.oneof(
  fc.constantFrom(
    '"int"',
    '{"type":"record","name":"R","fields":[]}',
    'syntax = "proto3"; message A { int32 a = 1; }',
    '{}',
    'AAAA',
    '',
  ),
  fc.json(),
  fc.string(),
);
const body = fc.oneof(
  fc
    .record(
      {
        schema: fc.oneof(schema, fc.jsonValue()),
        schemaType: fc.constantFrom('AVRO', 'PROTOBUF', 'JSON', 'XML', null),
        references: fc.oneof(
          fc.constant([{ name: 'n', subject: 'a', version: 1 }]),
          fc.constant([{ name: 'n', subject: '__proto__', version: 1 }]),
          fc.jsonValue(),
        ),
        compatibility: fc.constantFrom('NONE', 'FULL', 'FORWARD_TRANSITIVE', 'x', 5),
        mode: fc.constantFrom('READWRITE', 'IMPORT', 'x'),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
);
const call = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  path: fc
    .tuple(fc.constantFrom(...patterns), fc.array(part, { minLength: 3, maxLength: 3 }))
    .map(([pattern, parts]) => parts.reduce((path, one) => path.replace('*', () => one), pattern)),
  query: fc.constantFrom(
    '',
    '?deleted=true',
    '?permanent=true',
    '?verbose=true',
    '?format=serialized',
    '?x=%',
  ),
  body,
});

test('property: whatever is asked, the answer is JSON, and never that the registry has failed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 8 }), async (calls) => {
      for (const { method, path, query, body: text } of calls) {
        const response = await fetch(`${registry.url}${path}${query}`, {
          method,
          ...(method === 'GET' ? {} : { body: text }),
        });
        const answer = await response.text();
        assert.doesNotThrow(() => JSON.parse(answer), answer);
        assert.notEqual(response.status, 500, `${method} ${path}${query} ${text}: ${answer}`);
        if (!response.ok) assert.equal(typeof JSON.parse(answer).error_code, 'number');
      }
    }),
    { numRuns: 150 },
  );
});
