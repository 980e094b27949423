import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { codecOf, EmbeddedRegistry } from '../../support/schema-registry';
import { protoText } from '../../support/schema-registry/protobuf/descriptors';
import { serializedSchema } from '../../support/schema-registry/protobuf/serialized';
import { capturedSchemas } from './captured-events';

const proto3 = `syntax = "proto3";

package shop;

import "google/protobuf/timestamp.proto";
import "money.proto";

option java_package = "com.shop";
option java_multiple_files = true;

message Order {
  string order_id = 1;
  optional int32 count = 2;
  repeated int64 serials = 3 [packed = false];
  map<string, shop.Order.Line> line_map = 4;
  shop.State state = 5 [deprecated = true];
  google.protobuf.Timestamp at = 6;
  shop.Money total = 7;
  oneof payment {
    string card = 8;
    shop.Order.Line voucher = 9;
  }
  reserved 10, 12 to 14;
  reserved "old";
  message Line {
    sint64 zig = 1;
    fixed32 fixed = 2;
  }
}

enum State {
  option allow_alias = true;
  NEW = 0;
  FRESH = 0;
  PAID = 1;
}
`;

const proto2 = `syntax = "proto2";

message Order {
  required string id = 1;
  optional int32 n = 2 [default = 5];
  optional string s = 3 [default = "x \\"y\\""];
  repeated double d = 4 [packed = true];
  oneof one {
    bool a = 5;
    bytes b = 6;
  }
}
`;

const money = {
  name: 'money.proto',
  text: 'syntax = "proto3"; package shop; message Money { int64 cents = 1; }',
};

async function again(text: string, references: Array<{ name: string; text: string }> = []): Promise<string> {
  return protoText(await serializedSchema({ type: 'PROTOBUF', text, references }));
}

describe('a schema of Protobuf as a descriptor, and back', () => {
  test('is the same text again', async () => {
    assert.equal(await again(proto3, [money]), proto3);
    assert.equal(await again(proto2), proto2);
  });

  test('has the same messages, and writes the same bytes', async () => {
    const text = await codecOf({ type: 'PROTOBUF', text: proto3, references: [money] }, 'text');
    const serialized = await serializedSchema({ type: 'PROTOBUF', text: proto3, references: [money] });
    const described = await codecOf(
      { type: 'PROTOBUF', text: serialized, references: [money] },
      'descriptor',
    );
    assert.deepEqual(described.names, text.names);
    const value = {
      order_id: 'a',
      count: 0,
      serials: [1, 2n ** 60n],
      line_map: { x: { zig: -5, fixed: 7 } },
      state: 'PAID',
      at: '2026-11-29T10:15:30.000Z',
      total: { cents: 5 },
      voucher: { zig: 0, fixed: 0 },
    };
    assert.equal(described.encode(value).toString('hex'), text.encode(value).toString('hex'));
    assert.deepEqual(described.decode(text.encode(value)).value, value);
  });

  test('of what Confluent has registered it is what was written', async () => {
    assert.equal(
      await protoText(capturedSchemas['3'].text),
      `syntax = "proto3";

package shop;

import "google/protobuf/timestamp.proto";

message Line {
  string sku_id = 1;
}

message Order {
  string order_id = 1;
  optional int32 count = 2;
  int64 total_cents = 3;
  repeated shop.Line lines = 4;
  map<string, int32> counts = 5;
  shop.Order.State state = 8;
  google.protobuf.Timestamp at = 9;
  oneof payment {
    string card_no = 6;
    bool cash = 7;
  }
  enum State {
    NEW = 0;
    PAID = 1;
  }
  message Item {
    int32 n = 1;
    message Deep {
      string d = 1;
    }
  }
}
`,
    );
  });
});

describe('the embedded registry', () => {
  let registry: EmbeddedRegistry;

  before(async () => {
    registry = await EmbeddedRegistry.start();
  });

  after(async () => {
    await registry[Symbol.asyncDispose]();
  });

  async function ask(path: string, body?: object): Promise<Record<string, unknown>> {
    const options = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return (await fetch(`${registry.url}${path}`, options)).json() as Promise<Record<string, unknown>>;
  }

  test('keeps a descriptor as text, finds it by either, and gives it in either', async () => {
    const schemaType = 'PROTOBUF';
    const { text: schema } = capturedSchemas['3'];
    const { id } = await ask('/subjects/a/versions', { schemaType, schema });
    const { schema: text } = await ask(`/schemas/ids/${id}`);
    assert.equal(text, await protoText(schema));
    assert.equal((await ask('/subjects/a', { schemaType, schema })).version, 1);
    assert.equal((await ask('/subjects/a', { schemaType, schema: text })).version, 1);
    const { schema: serialized } = await ask(`/schemas/ids/${id}?format=serialized`);
    assert.equal(await protoText(String(serialized)), text);
    assert.equal((await ask('/subjects/a/versions/1?format=serialized')).schema, serialized);
  });

  test('refuses what is no descriptor', async () => {
    const { error_code: code, message } = await ask('/subjects/b/versions', {
      schemaType: 'PROTOBUF',
      schema: 'AAAA',
    });
    assert.equal(code, 42201);
    assert.match(String(message), /^Invalid schema: /);
  });
});
