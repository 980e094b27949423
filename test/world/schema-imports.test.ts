import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { importsIn } from '../../world/schema-imports';

const names = (type: 'AVRO' | 'PROTOBUF' | 'JSON', text: unknown) =>
  importsIn(type, typeof text === 'string' ? text : JSON.stringify(text)).map(({ name }) => name);

describe('what a schema refers to in other files', () => {
  test('of Protobuf: imports that are no comments and not of Google', () => {
    const text = `
syntax = "proto3"; import "a.proto"; import public "b/c.proto";
import weak 'd.proto';
import "google/protobuf/timestamp.proto";
// import "no.proto";
/* import "no.proto";
import "no.proto"; */
message A { string text = 1 [json_name = "import"]; }`;
    assert.deepEqual(names('PROTOBUF', text), ['a.proto', 'b/c.proto', 'd.proto']);
  });

  test('of Avro: types that are used and not defined, by their full names', () => {
    const schema = {
      type: 'record',
      name: 'shop.Order',
      fields: [
        { name: 'a', type: 'Money' },
        { name: 'b', type: ['null', 'other.Thing', { type: 'enum', name: 'State', symbols: [] }] },
        { name: 'c', type: { type: 'array', items: { type: 'map', values: 'State' } } },
        {
          name: 'd',
          type: { type: 'record', name: 'Line', namespace: 'deep', fields: [{ name: 'x', type: 'Sku' }] },
        },
        { name: 'e', type: { type: 'deep.Line' } },
        { name: 'f', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'g', type: ['null', 'Order'] },
      ],
    };
    assert.deepEqual(names('AVRO', schema), ['shop.Money', 'other.Thing', 'deep.Sku']);
    assert.deepEqual(importsIn('AVRO', '"shop.Money"'), [
      { name: 'shop.Money', files: ['shop.Money.avsc', 'Money.avsc'], isFile: false },
    ]);
  });

  test('of JSON Schema: references to files, once each', () => {
    const schema = {
      properties: {
        a: { $ref: '#/$defs/A' },
        b: { $ref: 'money.json' },
        c: { items: [{ $ref: 'money.json#/x' }, { $ref: 'sub/line.json' }] },
        d: { $ref: 'https://example.com/x.json' },
      },
    };
    assert.deepEqual(names('JSON', schema), ['money.json', 'sub/line.json']);
  });

  test('nothing of what cannot be read', () => {
    for (const type of ['AVRO', 'JSON'] as const) assert.deepEqual(names(type, '{ no'), []);
    assert.deepEqual(names('AVRO', '"int"'), []);
    assert.deepEqual(names('AVRO', { type: 'record', name: 'A', fields: 5 }), []);
  });
});
