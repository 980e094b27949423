import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { EmbeddedRegistry } from '../../support/schema-registry';

let registry: EmbeddedRegistry;

before(async () => {
  registry = await EmbeddedRegistry.start();
});

after(async () => {
  await registry[Symbol.asyncDispose]();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${registry.url}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  assert.equal(response.headers.get('content-type'), 'application/vnd.schemaregistry.v1+json');
  return { status: response.status, body: await response.json() };
}

async function ok(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await ask(method, path, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

async function refused(method: string, path: string, body?: unknown): Promise<string> {
  const { status, body: answer } = await ask(method, path, body);
  const { error_code: code, message } = answer as { error_code: number; message: string };
  return `${status} ${code} ${message}`;
}

const record = (...fields: object[]) => JSON.stringify({ type: 'record', name: 'Order', fields });
const id = { name: 'id', type: 'string' };
const order = record(id);
const withDefault = record(id, { name: 'n', type: 'int', default: 0 });
const withoutDefault = record(id, { name: 'n', type: 'int' });

describe('subjects and schemas', () => {
  test('a schema has one identifier, and a version in each subject', async () => {
    const { id: first } = (await ok('POST', '/subjects/one-value/versions', { schema: order })) as {
      id: number;
    };
    const again = { schema: JSON.stringify(JSON.parse(order), null, 2) };
    assert.deepEqual(await ok('POST', '/subjects/one-value/versions', again), { id: first });
    assert.deepEqual(await ok('POST', '/subjects/two-value/versions', { schema: order }), { id: first });
    await ok('POST', '/subjects/two-value/versions', { schema: withDefault });
    assert.deepEqual(await ok('GET', '/subjects/two-value/versions'), [1, 2]);
    assert.deepEqual(await ok('GET', `/schemas/ids/${first}`), { schema: order });
    assert.deepEqual(await ok('GET', `/schemas/ids/${first}/schema`), JSON.parse(order));
    assert.deepEqual(await ok('GET', `/schemas/ids/${first}/subjects`), ['one-value', 'two-value']);
    assert.deepEqual(await ok('GET', `/schemas/ids/${first}/versions`), [
      { subject: 'one-value', version: 1 },
      { subject: 'two-value', version: 1 },
    ]);
    const described = { subject: 'one-value', version: 1, id: first, schema: order };
    assert.deepEqual(await ok('GET', '/subjects/one-value/versions/latest'), described);
    assert.deepEqual(await ok('POST', '/subjects/one-value', { schema: order }), described);
    assert.deepEqual(await ok('GET', '/subjects?subjectPrefix=one'), ['one-value']);
    assert.deepEqual(await ok('GET', '/schemas/types'), ['AVRO', 'PROTOBUF', 'JSON']);
  });

  test('a schema may refer to others, which then cannot be removed', async () => {
    const money = 'syntax = "proto3"; message Money { int64 cents = 1; }';
    const bill = 'syntax = "proto3"; import "money.proto"; message Bill { Money total = 1; }';
    const references = [{ name: 'money.proto', subject: 'money.proto', version: 1 }];
    await ok('POST', '/subjects/money.proto/versions', { schemaType: 'PROTOBUF', schema: money });
    const body = { schemaType: 'PROTOBUF', schema: bill, references };
    const { id: billId } = (await ok('POST', '/subjects/bills-value/versions', body)) as { id: number };
    assert.deepEqual(await ok('GET', `/schemas/ids/${billId}`), body);
    assert.deepEqual(await ok('GET', '/subjects/money.proto/versions/1/referencedby'), [billId]);
    assert.equal(
      await refused('DELETE', '/subjects/money.proto'),
      '422 42206 One or more references exist to the schema money.proto version 1',
    );
  });

  test('a subject is deleted softly first, then for good; its identifiers stay known', async () => {
    const { id: gone } = (await ok('POST', '/subjects/gone/versions', {
      schema: record({ name: 'g', type: 'int' }),
    })) as {
      id: number;
    };
    assert.equal(
      await refused('DELETE', '/subjects/gone?permanent=true'),
      "404 40405 Subject 'gone' was not deleted first before being permanently deleted",
    );
    assert.deepEqual(await ok('DELETE', '/subjects/gone'), [1]);
    assert.equal(await refused('GET', '/subjects/gone/versions'), "404 40401 Subject 'gone' not found.");
    assert.equal(
      await refused('DELETE', '/subjects/gone'),
      "404 40404 Subject 'gone' was soft deleted. Set permanent=true to delete permanently",
    );
    assert.deepEqual(await ok('GET', '/subjects/gone/versions?deleted=true'), [1]);
    assert.deepEqual(await ok('DELETE', '/subjects/gone?permanent=true'), [1]);
    assert.equal((await ask('GET', `/schemas/ids/${gone}`)).status, 200);
  });

  test('many register at once, and get one version', async () => {
    const schema = record({ name: 'many', type: 'int' });
    await Promise.all(Array.from({ length: 20 }, () => ok('POST', '/subjects/many/versions', { schema })));
    assert.deepEqual(await ok('GET', '/subjects/many/versions'), [1]);
  });
});

describe('what is refused has the code of Confluent', () => {
  const cases: ReadonlyArray<readonly [string, string, unknown, string]> = [
    ['GET', '/nothing', undefined, '404 404 HTTP 404 Not Found'],
    ['PATCH', '/subjects', undefined, '405 405 HTTP 405 Method Not Allowed'],
    ['GET', '/subjects/none/versions', undefined, "404 40401 Subject 'none' not found."],
    ['GET', '/subjects/errors/versions/9', undefined, '404 40402 Version 9 not found.'],
    ['GET', '/schemas/ids/999', undefined, '404 40403 Schema 999 not found'],
    ['POST', '/subjects/errors', { schema: withoutDefault }, '404 40403 Schema not found'],
    [
      'GET',
      '/config/none',
      undefined,
      "404 40408 Subject 'none' does not have subject-level compatibility configured",
    ],
    ['GET', '/mode/none', undefined, "404 40409 Subject 'none' does not have subject-level mode configured"],
    [
      'GET',
      '/subjects/errors/versions/zero',
      undefined,
      '422 42202 The specified version \'zero\' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"',
    ],
    [
      'PUT',
      '/config',
      { compatibility: 'SOME' },
      '422 42203 Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive',
    ],
    [
      'PUT',
      '/mode',
      { mode: 'SOME' },
      '422 42204 Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, and IMPORT',
    ],
    ['POST', '/subjects/x/versions', {}, '422 42201 Invalid schema: Empty schema'],
    [
      'POST',
      '/subjects/x/versions',
      { schema: '{}', schemaType: 'XML' },
      '422 42201 Invalid schema: Invalid schema type XML',
    ],
    [
      'POST',
      '/subjects/x/versions',
      { schema: '{ "type": "strin" }' },
      '422 42201 Invalid schema: the schema is no Avro schema: unknown type: "strin"',
    ],
    [
      'POST',
      '/subjects/x/versions',
      { schema: '"int"', references: [{ name: 'a', subject: 'none', version: 1 }] },
      '422 42201 Invalid schema: no schema for the reference "a": none 1',
    ],
    ['POST', '/subjects/x/versions', '{ no', '422 422 The body of the request is no JSON'],
    ['POST', '/subjects/x/versions', undefined, '422 422 The body of the request is no JSON object'],
    [
      'POST',
      '/subjects/errors/versions',
      { schema: withoutDefault },
      '409 409 Schema being registered is incompatible with an earlier schema for subject "errors", details: [$.n is missing in what was written, and has no default]',
    ],
  ];

  before(async () => {
    await ok('POST', '/subjects/errors/versions', { schema: order });
  });

  for (const [method, path, body, message] of cases) {
    test(message.slice(0, 90), async () => assert.equal(await refused(method, path, body), message));
  }

  test('a subject that is only read', async () => {
    await ok('POST', '/subjects/frozen/versions', { schema: order });
    await ok('PUT', '/mode/frozen', { mode: 'READONLY' });
    assert.equal(
      await refused('POST', '/subjects/frozen/versions', { schema: withDefault }),
      '422 42205 Subject frozen is in read-only mode',
    );
    assert.deepEqual(await ok('DELETE', '/mode/frozen'), { mode: 'READONLY' });
    await ok('POST', '/subjects/frozen/versions', { schema: withDefault });
  });
});

describe('compatibility', () => {
  const compare = (subject: string, schema: string, more: object = {}) =>
    ok('POST', `/compatibility/subjects/${subject}/versions?verbose=true`, { schema, ...more });
  const fits = { is_compatible: true, messages: [] };

  test('is that of the level of the subject, or else of all', async () => {
    await ok('POST', '/subjects/levels/versions', { schema: withoutDefault });
    assert.deepEqual(await ok('GET', '/config'), { compatibilityLevel: 'BACKWARD' });
    assert.deepEqual(await compare('levels', order), fits);
    assert.deepEqual(await ok('PUT', '/config/levels', { compatibility: 'forward' }), {
      compatibility: 'FORWARD',
    });
    assert.deepEqual(await compare('levels', order), {
      is_compatible: false,
      messages: ['$.n is missing in what was written, and has no default'],
    });
    await ok('PUT', '/config/levels', { compatibility: 'NONE' });
    assert.deepEqual(await compare('levels', '"int"'), fits);
    assert.deepEqual(await ok('GET', '/config/levels'), { compatibilityLevel: 'NONE' });
    assert.deepEqual(await ok('DELETE', '/config/levels'), { compatibilityLevel: 'NONE' });
    assert.deepEqual(await ok('GET', '/config/levels?defaultToGlobal=true'), {
      compatibilityLevel: 'BACKWARD',
    });
  });

  test('looks at the newest version, or at all of them', async () => {
    const text = record({ name: 'a', type: 'string', default: '' });
    const none = record();
    const number = record({ name: 'a', type: 'int', default: 0 });
    await ok('POST', '/subjects/all/versions', { schema: text });
    await ok('POST', '/subjects/all/versions', { schema: none });
    assert.deepEqual(await compare('all', number), fits);
    await ok('PUT', '/config/all', { compatibility: 'BACKWARD_TRANSITIVE' });
    assert.deepEqual(await compare('all', number), {
      is_compatible: false,
      messages: ['$.a is int, which cannot read string'],
    });
    const oldest = await ok('POST', '/compatibility/subjects/all/versions/1', { schema: number });
    assert.deepEqual(oldest, { is_compatible: false });
  });

  const avro: ReadonlyArray<readonly [string, object, object, string[]]> = [
    ['a wider number', { type: 'long' }, { type: 'int' }, []],
    ['a narrower number', { type: 'int' }, { type: 'long' }, ['$.f is int, which cannot read long']],
    ['an optional field', { type: ['null', 'int'] }, { type: 'int' }, []],
    [
      'no longer optional',
      { type: 'int' },
      { type: ['null', 'int'] },
      ['$.f is int, which cannot read null or int'],
    ],
    [
      'a symbol that is gone',
      { type: { type: 'enum', name: 'E', symbols: ['A'] } },
      { type: { type: 'enum', name: 'E', symbols: ['A', 'B'] } },
      ['$.f does not know "B", and has no default'],
    ],
    [
      'a field deep down',
      { type: { type: 'array', items: { type: 'record', name: 'L', fields: [{ name: 'x', type: 'int' }] } } },
      { type: { type: 'array', items: { type: 'record', name: 'L', fields: [] } } },
      ['$.f[*].x is missing in what was written, and has no default'],
    ],
    ['another meaning', { type: { type: 'long', logicalType: 'timestamp-millis' } }, { type: 'long' }, []],
  ];
  for (const [what, reader, writer, messages] of avro) {
    test(`of Avro: ${what}`, async () => {
      const subject = encodeURIComponent(`avro ${what}`);
      await ok('POST', `/subjects/${subject}/versions`, { schema: record({ name: 'f', ...writer }) });
      const answer = await compare(subject, record({ name: 'f', ...reader }));
      assert.deepEqual(answer, { is_compatible: messages.length === 0, messages });
    });
  }

  const proto = (body: string, more = '') => `syntax = "proto3"; message Order { ${body} } ${more}`;
  const protobuf: ReadonlyArray<readonly [string, string, string, string[]]> = [
    ['a new field', proto('string id = 1; int32 n = 2;'), proto('string id = 1;'), []],
    ['a field that is gone', proto(''), proto('string id = 1;'), []],
    ['another name', proto('string key = 1;'), proto('string id = 1;'), []],
    ['a type that is written alike', proto('int64 n = 1;'), proto('int32 n = 1;'), []],
    [
      'another type',
      proto('string n = 1;'),
      proto('int32 n = 1;'),
      ['in Order, field 1 (n) is string, and was int32'],
    ],
    [
      'a list',
      proto('repeated int32 n = 1;'),
      proto('int32 n = 1;'),
      ['in Order, field 1 (n) is repeated, and was single'],
    ],
    ['a message that is gone', proto(''), proto('', 'message Line {}'), ['message Line is missing']],
    [
      'fields that become one of several',
      proto('oneof x { int32 a = 1; int32 b = 2; }'),
      proto('int32 a = 1; int32 b = 2;'),
      ['in Order, field 1 (a) and field 2 (b) have moved into oneof x'],
    ],
    ['a text that becomes a list', proto('repeated string s = 1;'), proto('string s = 1;'), []],
    [
      'a field that becomes one of several that were there',
      proto('oneof x { int32 a = 1; int32 b = 2; }'),
      proto('int32 a = 1; oneof x { int32 b = 2; }'),
      ['in Order, field 1 (a) has moved into oneof x, which has fields that could be set beside it'],
    ],
    [
      'two oneofs that become one',
      proto('oneof z { int32 a = 1; int32 b = 2; }'),
      proto('oneof x { int32 a = 1; } oneof y { int32 b = 2; }'),
      ['in Order, field 1 (a) and field 2 (b) have moved into oneof z'],
    ],
    [
      'a oneof of another name',
      proto('oneof z { int32 a = 1; int32 b = 2; }'),
      proto('oneof x { int32 a = 1; int32 b = 2; }'),
      [],
    ],
    [
      'a required field that is gone',
      'syntax = "proto2"; message Order { optional int32 a = 1; }',
      'syntax = "proto2"; message Order { required int32 a = 1; required int32 b = 2; }',
      ['in Order, field 2 (b) is missing, and was required'],
    ],
    [
      'a package of another name',
      `package q; ${proto('Line a = 1;', 'message Line { int32 n = 1; }')}`,
      `package p; ${proto('Line a = 1;', 'message Line { int32 n = 1; }')}`,
      ['message p.Order is missing', 'message p.Line is missing'],
    ],
    [
      'one of several that is gone',
      proto('oneof x { int32 a = 1; }'),
      proto('oneof x { int32 a = 1; int32 b = 2; }'),
      ['in Order, field 2 (b) is missing from oneof x'],
    ],
    [
      'another message',
      proto('A a = 1;', 'message A {} message B {}'),
      proto('B a = 1;', 'message A {} message B {}'),
      ['in Order, field 1 (a) is A, and was B'],
    ],
  ];
  for (const [what, reader, writer, messages] of protobuf) {
    test(`of Protobuf: ${what}`, async () => {
      const subject = encodeURIComponent(`protobuf ${what}`);
      const schemaType = 'PROTOBUF';
      await ok('POST', `/subjects/${subject}/versions`, { schema: writer, schemaType });
      const answer = await compare(subject, reader, { schemaType });
      assert.deepEqual(answer, { is_compatible: messages.length === 0, messages });
    });
  }

  test('a subject that changes the type of its schemas', async () => {
    await ok('POST', '/subjects/turned/versions', { schema: order });
    const answer = await compare('turned', proto(''), { schemaType: 'PROTOBUF' });
    const messages = ['the type of the schema has changed from AVRO to PROTOBUF'];
    assert.deepEqual(answer, { is_compatible: false, messages });
  });

  const fields = (properties: object, others: object = {}) =>
    JSON.stringify({ type: 'object', properties, additionalProperties: false, ...others });
  const schemaType = 'JSON';

  test('of JSON Schemas, at each level', async () => {
    const [one, two] = [fields({ a: { type: 'integer' } }), fields({ a: { type: 'number' }, b: {} })];
    await ok('POST', '/subjects/json-value/versions', { schema: one, schemaType });
    await ok('POST', '/subjects/json-value/versions', { schema: two, schemaType });
    const lost = ['$.a must be integer, and could be number', '$.b is not allowed any more'];
    assert.deepEqual(await compare('json-value', one, { schemaType }), {
      is_compatible: false,
      messages: lost,
    });
    assert.match(
      await refused('POST', '/subjects/json-value/versions', {
        schema: fields({ a: { type: 'string' } }),
        schemaType,
      }),
      /^409 409 .*\$\.a must be string, and could be number/,
    );
    await ok('PUT', '/config/json-value', { compatibility: 'FULL_TRANSITIVE' });
    const both = await compare('json-value', fields({ a: { type: 'number' }, b: { type: 'string' } }), {
      schemaType,
    });
    assert.deepEqual(both, {
      is_compatible: false,
      messages: [
        'the new schema cannot read the old: $.b must be string, and could be null or boolean or number or array or object',
        'the old schema cannot read the new: $.a must be integer, and could be number',
        'the old schema cannot read the new: $.b is not allowed any more',
      ],
    });
  });

  test('JSON Schemas of which it cannot be told are taken, and the check says why', async () => {
    const when = (limit: number) => ({
      type: 'object',
      if: { maxProperties: limit },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { minProperties: 1 },
    });
    const body = (limit: number) => ({ schema: JSON.stringify(when(limit)), schemaType });
    await ok('POST', '/subjects/when-value/versions', body(1));
    assert.equal(
      await refused('POST', '/compatibility/subjects/when-value/versions/latest', body(2)),
      '501 501 whether they are compatible cannot be told: at $, its "if" is not the same in both',
    );
    await ok('POST', '/subjects/when-value/versions', body(2));
  });
});

describe("kafkajs's client of the registry", () => {
  const value = { id: 'a' };
  const schemas = {
    AVRO: order,
    PROTOBUF: 'syntax = "proto3"; package p; message Order { string id = 1; }',
    JSON: '{ "type": "object", "required": ["id"], "properties": { "id": { "type": "string" } } }',
  };
  for (const type of ['AVRO', 'PROTOBUF', 'JSON'] as const) {
    test(`registers, encodes and decodes ${type}`, async () => {
      const client = new SchemaRegistry({ host: registry.url });
      const registered = await client.register(
        { type: SchemaType[type], schema: schemas[type] },
        { subject: `client-${type}` },
      );
      const encoded = await client.encode(registered.id, value);
      assert.equal(
        JSON.stringify(await new SchemaRegistry({ host: registry.url }).decode(encoded)),
        '{"id":"a"}',
      );
      assert.equal(await client.getLatestSchemaId(`client-${type}`), registered.id);
    });
  }
});
