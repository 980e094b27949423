import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { failureMessages } from './failures';
import { type RunResult, runOnce } from './project';

const doc = (text: string) => `\n"""\n${text}\n"""`;
const order = '{ "id": "o-1", "total": 12.5, "state": "NEW" }';
const publish = `When topic "orders" receives an event of schema "order.avsc" with key "a":${doc(order)}`;
const registered = 'Given schema "order.avsc" is registered for topic "orders"';

/** By scenario: its steps, and the whole of what its failing one says. */
const failures: Readonly<Record<string, readonly [steps: string, failure: string]>> = {
  'a decoded value that differs': [
    `${publish}\nThen topic "orders" has an event with key "a":${doc('{ "total": 12, "state": "PAID" }')}`,
    `topic "orders" has no event with key "a" like this; the only one, orders/0@0, does not match:
  $.total: expected 12, was 12.5
  $.state: expected "PAID", was "NEW"
it was:
  {"id": "o-1", "total": 12.5, "state": "NEW"}`,
  ],
  'no event of a schema': [
    `${publish}\nThen topic "orders" has an event of schema "shop.Bill"`,
    `topic "orders" has no event of schema "shop.Bill"; the only event since the scenario began:
  | key | value                                        | headers | partition | offset | schema                                                                                    |
  | a   | {"id": "o-1", "total": 12.5, "state": "NEW"} | {}      | 0         | 0      | {"id": 1, "type": "AVRO", "name": "shop.Order", "subject": "orders-value", "version": 1} |`,
  ],
  'no event at all of a schema': [
    'Given topic "orders" exists with 1 partition\nThen topic "orders" has an event of schema "shop.Bill" with key "a"',
    'topic "orders" has no event with key "a" since the scenario began; no topic has any',
  ],
  'another version of a schema': [
    `${publish}\nThen topic "orders" has events:\n| key | schema.version |\n| a | 2 |`,
    `topic "orders": 1 of 1 expected event missing; there is 1 event
missing (event 1 of the table):
  | key | schema.version |
  | a   | 2              |
  the only event differs in:
    | schema.version |
    | 1              |
    schema.version: expected 2, was 1`,
  ],
  'events that do not conform': [
    `When topic "orders" receives an event:${doc('{ "id": 1, "totl": 2 }')}
Then the events of topic "orders" conform to schema "order.avsc"`,
    `topic "orders": 1 of 1 event does not conform to schema "order.avsc":
  orders/0@0:
    $.totl is no field of shop.Order (did you mean "total"?)
    $.id must be text, but is 1
    $.total is required, for it has no default`,
  ],
  'nothing that could conform': [
    'Given topic "orders" exists with 1 partition\nThen the events of topic "orders" conform to schema "order.avsc"',
    'topic "orders" has no event since the scenario began; no topic has any',
  ],
  'a schema that the registry does not take': [
    `${registered}\nThen schema "wrong.avsc" is compatible with subject "orders-value"`,
    `schema "wrong.avsc" is not compatible with subject "orders-value":
  $.id is int, which cannot read string`,
  ],
  'a schema that is not compatible both ways': [
    `${registered}\nThen schema "wrong.avsc" is fully compatible with subject "orders-value"`,
    `schema "wrong.avsc" is not fully compatible with subject "orders-value":
  the new schema cannot read the old: $.id is int, which cannot read string
  the old schema cannot read the new: $.id is string, which cannot read int
  the old schema cannot read the new: $.total is missing in what was written, and has no default`,
  ],
  'another number of versions': [
    `${registered}\nThen subject "orders-value" has 2 versions`,
    'subject "orders-value" has 1 version, not 2: 1',
  ],
};

const mistakes: Readonly<Record<string, readonly [steps: string, failure: string]>> = {
  'a value that does not fit': [
    `When topic "orders" receives an event of schema "order.avsc":${doc('{ "id": 5, "total": "much", "stat": "NEW" }')}`,
    `the value does not fit schema "order.avsc":
  $.stat is no field of shop.Order (did you mean "state"?)
  $.id must be text, but is 5
  $.total must be a decimal of at most 9 digits, 2 of them after the point, but is "much"
  -> correct the fields above, or the schema  [BRINE_SCHEMA_002]`,
  ],
  'a row that does not fit': [
    'When topic "orders" receives events of schema "order.avsc":\n| value.id | value.total |\n| o-1 | 1 |\n| 7 | 2 |',
    `the value does not fit schema "order.avsc":
  $.id must be text, but is 7
  -> correct the fields above, or the schema  [BRINE_SCHEMA_002]`,
  ],
  'a message that the file does not have': [
    `When topic "orders" receives an event of schema "order.proto#Ordr":${doc('{}')}`,
    `unknown message of schema "order.proto" "Ordr"
  -> did you mean "Order"? known: shop.Line, shop.Order  [BRINE_STEP_001]`,
  ],
  'a file that is not there': [
    `When topic "orders" receives an event of schema "ordr.avsc":${doc('{}')}`,
    `file "ordr.avsc": ENOENT: no such file or directory, open 'test-data/ordr.avsc'
  -> did you mean "order.avsc"? files are looked for in the folder testDataDir  [BRINE_STEP_002]`,
  ],
  'a file of no known kind': [
    `When topic "orders" receives an event of schema "order.txt":${doc('{}')}`,
    `schema "order.txt": its name does not say what it is
  -> files with schemas end in .avsc (Avro), .proto (Protobuf) or .json (JSON Schema)  [BRINE_STEP_002]`,
  ],
  'a schema with wrong JSON': [
    'Given schema "broken.avsc" is registered for topic "orders"',
    `schema "broken.avsc" is not valid JSON at line 1, column 20: the { of line 1 is not closed
  -> add the missing }  [BRINE_JSON_001]`,
  ],
  'a schema with an unknown type': [
    'Given schema "unknown.avsc" is registered for topic "orders"',
    `schema "unknown.avsc" is no Avro schema: undefined type name: strin
  -> correct the schema; files with schemas end in .avsc (Avro), .proto (Protobuf) or .json (JSON Schema)  [BRINE_SCHEMA_001]`,
  ],
  'a schema in wrong Protobuf': [
    'Given schema "broken.proto" is registered for topic "orders"',
    `schema "broken.proto" is no Protobuf schema: illegal token '}' (line 3)
  -> correct the schema; files with schemas end in .avsc (Avro), .proto (Protobuf) or .json (JSON Schema)  [BRINE_SCHEMA_001]`,
  ],
  'an import that is not there': [
    'Given schema "importing.proto" is registered for topic "orders"',
    `file "mony.proto": ENOENT: no such file or directory, open 'test-data/mony.proto'
  -> files are looked for in the folder testDataDir  [BRINE_STEP_002]`,
  ],
  'a reference of a JSON Schema that is not there': [
    'Given schema "referring.schema.json" is registered for topic "orders"',
    `file "mony.json": ENOENT: no such file or directory, open 'test-data/mony.json'
  -> files are looked for in the folder testDataDir  [BRINE_STEP_002]`,
  ],
  'no JSON Schema': [
    'Given schema "broken.schema.json" is registered for topic "orders"',
    `schema "broken.schema.json" is no JSON schema: schema is invalid: data/type must be equal to one of the allowed values, data/type must be array, data/type must match a schema in anyOf
  -> correct the schema; files with schemas end in .avsc (Avro), .proto (Protobuf) or .json (JSON Schema)  [BRINE_SCHEMA_001]`,
  ],
  'an unknown subject': [
    `${registered}\nThen subject "order-value" has 1 version`,
    `unknown subject of the schema registry "order-value"
  -> did you mean "orders-value"? known: orders-value  [BRINE_STEP_001]`,
  ],
  'a topic without a registered schema': [
    `When topic "orders" receives an event of its registered schema:${doc('{}')}`,
    `unknown subject of the schema registry "orders-value"
  -> known: none: nothing is registered yet  [BRINE_STEP_001]`,
  ],
  'a schema that the registry refuses': [
    `${registered}\nWhen topic "orders" receives an event of schema "wrong.avsc":${doc('{ "id": 1 }')}`,
    `the schema registry at URL answers 409: Schema being registered is incompatible with an earlier schema for subject "orders-value", details: [$.id is int, which cannot read string]
  -> make the schema compatible, or set the compatibility of its subject  [BRINE_SCHEMA_003]`,
  ],
  'an unknown level': [
    'Given subject "orders-value" demands "SOME" compatibility',
    `the schema registry at URL answers 422 (42203): Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive  [BRINE_SCHEMA_003]`,
  ],
  'JSON Schemas of which it cannot be told': [
    'Given schema "order.schema.json" is registered for topic "orders"\nThen schema "when.schema.json" is backward compatible with subject "orders-value"',
    `the comparison with subject "orders-value": whether they are compatible cannot be told: at $, its "if" is not the same in both
  -> ask the registry, which may be able to: ... is compatible with subject "orders-value"  [BRINE_STEP_002]`,
  ],
  'a JSON Schema that is not compatible': [
    'Given schema "order.schema.json" is registered for topic "orders"\nThen schema "text.schema.json" is backward compatible with subject "orders-value"',
    `schema "text.schema.json" is not backward compatible with subject "orders-value":
  $ must be string, and could be object`,
  ],
};

const files = {
  'test-data/order.avsc': JSON.stringify({
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'PAID'] }, default: 'NEW' },
    ],
  }),
  'test-data/wrong.avsc': JSON.stringify({
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [{ name: 'id', type: 'int' }],
  }),
  'test-data/broken.avsc': '{ "type": "record",\n',
  'test-data/unknown.avsc': '{ "type": "array", "items": "strin" }',
  'test-data/order.proto':
    'syntax = "proto3"; package shop; message Line { string sku = 1; } message Order { string id = 1; }',
  'test-data/broken.proto': 'syntax = "proto3";\nmessage A { string a = 1; }\n}',
  'test-data/importing.proto': 'syntax = "proto3"; import "mony.proto"; message A { Money m = 1; }',
  'test-data/order.schema.json': '{ "type": "object" }',
  'test-data/text.schema.json': '{ "type": "string" }',
  'test-data/when.schema.json': '{ "if": { "maxProperties": 1 }, "then": { "minProperties": 1 } }',
  'test-data/broken.schema.json': '{ "type": "objekt" }',
  'test-data/referring.schema.json': '{ "$ref": "mony.json" }',
  'test-data/order.txt': '',
};

let messages: ReadonlyMap<string, string>;
let run: RunResult;

before(async () => {
  // each has topics of its own, so that none has events of an earlier scenario
  const scenarios = Object.entries({ ...failures, ...mistakes }).map(([name, [steps]], at) => {
    const own = steps.replace(/"orders(-value)?"/g, `"orders${at}$1"`);
    return `  Scenario: ${name}\n${own.replace(/^/gm, '    ')}\n`;
  });
  run = await runOnce({
    brine: "{ provider: 'embedded', kafka: { schemaRegistry: 'embedded' } }",
    files: { ...files, 'features/all.feature': `Feature: failures\n${scenarios.join('\n')}` },
  });
  messages = failureMessages(run);
});

/** Without the numbers of topics and schemas, the folder of the project and the port of the registry. */
function steady(message: string): string {
  return message
    .replace(/\borders\d+/g, 'orders')
    .replace(/'\/[^']*\/(?=test-data)/, "'")
    .replace(/http:\/\/127\.0\.0\.1:\d+/, 'URL');
}

for (const [about, group] of Object.entries({
  'a failure of an event with a schema says all there is to know': failures,
  'a step about schemas that is wrong in itself says how to mend it': mistakes,
})) {
  describe(about, () => {
    for (const [name, [, expected]] of Object.entries(group)) {
      test(name, () => assert.equal(steady(messages.get(name) ?? run.output), expected));
    }
  });
}

test('without a registry, a step that needs one says so; schemas of files are still there', async () => {
  const steps = [
    'Scenario: none',
    registered,
    'Scenario: plain',
    `When topic "orders" receives an event:${doc('{ "id": "a", "total": 1 }')}`,
    'Then the events of topic "orders" conform to schema "order.avsc"',
  ];
  const result = await runOnce({
    brine: "{ provider: 'embedded' }",
    files: { ...files, 'features/all.feature': `Feature: none\n${steps.join('\n')}` },
  });
  const all = failureMessages(result);
  assert.deepEqual([...all.keys()], ['none'], result.output);
  assert.equal(
    all.get('none'),
    `this step: the configuration names no schema registry
  -> set kafka.schemaRegistry: "embedded", or the URL of one  [BRINE_STEP_002]`,
  );
});
