import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { failureMessages } from './failures';
import { type RunResult, runOnce } from './project';

const doc = (text: string) => `\n"""\n${text}\n"""`;
const orders = `When topic "orders" receives events:
| key | value.type | value.n | headers.trace |
| a   | created    | 1       | t-1           |
| a   | paid       | 2       | t-2           |
| b   | created    | 3       | #notpresent   |`;

/** By scenario: its steps, and the whole of what its failing one says. */
const cases: Readonly<Record<string, readonly [steps: string, failure: string]>> = {
  'the only event differs': [
    `When topic "orders" receives an event with key "a":${doc('{ "type": "created", "n": 1 }')}
Then topic "orders" has an event with key "a":${doc('{ "type": "paid", "n": 1, "m": "#uuid" }')}`,
    `topic "orders" has no event with key "a" like this; the only one, orders/0@0, does not match:
  $.type: expected "paid", was "created"
  $.m: expected #uuid (a UUID), but it is missing
it was:
  {"type": "created", "n": 1}`,
  ],
  'the closest event is not the last one': [
    `${orders}
Then topic "orders" has an event:${doc('{ "type": "paid", "n": 3, "trace": "x" }')}`,
    `topic "orders" has no event like this; the closest of 3, orders/0@2, does not match:
  $.type: expected "paid", was "created"
  $.trace: expected "x", but it is missing
it was:
  {"type": "created", "n": 3}
the 3 events since the scenario began:
  | key | value                       | headers          | partition | offset |
  | a   | {"type": "created", "n": 1} | {"trace": "t-1"} | 0         | 0      |
  | a   | {"type": "paid", "n": 2}    | {"trace": "t-2"} | 0         | 1      |
  | b   | {"type": "created", "n": 3} | {}               | 0         | 2      |`,
  ],
  'an event with another key': [
    `${orders}
Then topic "orders" has an event with key "c":${doc('{ "type": "paid" }')}`,
    `topic "orders" has no event with key "c" since the scenario began; it has 3 others:
  | key | value                       | headers          | partition | offset |
  | a   | {"type": "created", "n": 1} | {"trace": "t-1"} | 0         | 0      |
  | a   | {"type": "paid", "n": 2}    | {"trace": "t-2"} | 0         | 1      |
  | b   | {"type": "created", "n": 3} | {}               | 0         | 2      |
  -> an event like that has the key "a": orders/0@1`,
  ],
  'an event with another header': [
    `${orders}
Then topic "orders" has an event with key "a" and header "trace" "t-3":${doc('{ "n": 1 }')}`,
    `topic "orders" has no event with key "a" and header "trace" "t-3" since the scenario began; it has 3 others:
  | key | value                       | headers          | partition | offset |
  | a   | {"type": "created", "n": 1} | {"trace": "t-1"} | 0         | 0      |
  | a   | {"type": "paid", "n": 2}    | {"trace": "t-2"} | 0         | 1      |
  | b   | {"type": "created", "n": 3} | {}               | 0         | 2      |
  -> an event like that has the header "trace" "t-1": orders/0@0`,
  ],
  'an event without the header': [
    `${orders}
Then topic "orders" has an event with key "b" and header "trace" "t-3"`,
    `topic "orders" has no event with key "b" and header "trace" "t-3" since the scenario began; it has 3 others:
  | key | value                       | headers          | partition | offset |
  | a   | {"type": "created", "n": 1} | {"trace": "t-1"} | 0         | 0      |
  | a   | {"type": "paid", "n": 2}    | {"trace": "t-2"} | 0         | 1      |
  | b   | {"type": "created", "n": 3} | {}               | 0         | 2      |
  -> an event like that has no header "trace": orders/0@2`,
  ],
  'an event on another topic': [
    `Given topic "orders" exists with 1 partition
When topic "bills" receives an event with key "a":${doc('{ "n": 1 }')}
Then topic "orders" has an event with key "a":${doc('{ "n": 1 }')}`,
    `topic "orders" has no event with key "a" since the scenario began; events came to: bills (1)
  -> an event like that came to topic "bills": bills/0@0`,
  ],
  'an event that waits in vain': [
    `${orders}
Then within 30 ms topic "orders" has an event where "value.n" is 4`,
    `topic "orders" has no event where "value.n" is 4 since the scenario began; it has 3 others:
  | key | value                       | headers          | partition | offset |
  | a   | {"type": "created", "n": 1} | {"trace": "t-1"} | 0         | 0      |
  | a   | {"type": "paid", "n": 2}    | {"trace": "t-2"} | 0         | 1      |
  | b   | {"type": "created", "n": 3} | {}               | 0         | 2      |
  not within 30 ms (1 attempt in 1 ms)`,
  ],
  'no event at all': [
    `Given topic "orders" exists with 1 partition
Then topic "orders" has an event:${doc('{ "n": 1 }')}`,
    `topic "orders" has no event since the scenario began; no topic has any`,
  ],
  'too many events': [
    `${orders}
Then topic "orders" has 1 event with key "a"`,
    `topic "orders" has 2 events with key "a", not 1:
  | key | value                       | headers          | partition | offset |
  | a   | {"type": "created", "n": 1} | {"trace": "t-1"} | 0         | 0      |
  | a   | {"type": "paid", "n": 2}    | {"trace": "t-2"} | 0         | 1      |`,
  ],
  'no event matching': [
    `${orders}
Then for 10 ms topic "orders" has no event with key "a" matching:${doc('{ "type": "paid" }')}`,
    `topic "orders" has 1 event with key "a" like this, not none:
  | key | value                    | headers          | partition | offset |
  | a   | {"type": "paid", "n": 2} | {"trace": "t-2"} | 0         | 1      |
  not for 10 ms (1 attempt in 1 ms)`,
  ],
  'too few events matching': [
    `${orders}
Then topic "orders" has 2 events matching:${doc('{ "type": "sent", "n": 2 }')}`,
    `topic "orders" has no events like this, not 2
the closest of 3, orders/0@1, does not match:
  $.type: expected "sent", was "paid"
it was:
  {"type": "paid", "n": 2}
the 3 events since the scenario began:
  | key | value                       | headers          | partition | offset |
  | a   | {"type": "created", "n": 1} | {"trace": "t-1"} | 0         | 0      |
  | a   | {"type": "paid", "n": 2}    | {"trace": "t-2"} | 0         | 1      |
  | b   | {"type": "created", "n": 3} | {}               | 0         | 2      |`,
  ],
  'rows of a key': [
    `${orders}
Then topic "orders" has only these events with key "a" in order:
| value.n |
| 2       |
| 1       |`,
    `topic "orders", events with key "a": 1 event out of order; there are 2 events
out of order (event 1 of the table is event 2):
  | value.n |
  | 2       |`,
  ],
  'rows on many partitions': [
    `Given topic "parted" exists with 2 partitions
When topic "parted" receives events:
| value | partition |
| x     | 0         |
| y     | 1         |
Then topic "parted" has events in order:
| value |
| y     |
| x     |`,
    `topic "parted": 1 event out of order; there are 2 events
out of order (event 1 of the table is event 2):
  | value |
  | y     |
  -> these events lie on 2 partitions, and only those of one partition are in order: say whose order is meant, with key "..."`,
  ],
  'a row that came elsewhere': [
    `${orders}
When topic "bills" receives an event with key "a":${doc('{ "n": 5 }')}
Then topic "orders" has events:
| value.n |
| 5       |`,
    `topic "orders": 1 of 1 expected event missing; there are 3 events
missing (event 1 of the table):
  | value.n |
  | 5       |
no event comes close; what is there:
  | value.n |
  | 1       |
  | 2       |
  | 3       |
  -> an event like that came to topic "bills": bills/0@0`,
  ],
  'rows like that': [
    `${orders}
Then topic "orders" has 2 events like:
| key |
| b   |`,
    `topic "orders" has 1 event like that, not 2:
  | key | value                       | headers | partition | offset |
  | b   | {"type": "created", "n": 3} | {}      | 0         | 2      |`,
  ],
  'no tombstone': [
    `${orders}
Then topic "orders" has a tombstone with key "b"`,
    `topic "orders" has no tombstone with key "b"; the only event with key "b" since the scenario began:
  | key | value                       | headers | partition | offset |
  | b   | {"type": "created", "n": 3} | {}      | 0         | 2      |`,
  ],
  'other bytes': [
    `When topic "orders" receives an event with bytes "0x00ff"
Then topic "orders" has an event of bytes "0x00"`,
    `topic "orders" has no event with the bytes 0x00; there are:
  orders/0@0: 0x00ff`,
  ],
  'another text': [
    `When topic "orders" receives an event:${doc('started')}
And topic "orders" receives a tombstone with key "a"
Then topic "orders" has an event of text:${doc('started "well"')}`,
    `topic "orders" has no event of the text "started \\"well\\""; there are:
  orders/0@0: "started"
  orders/0@1: null`,
  ],
  'not each of them': [
    `${orders}
Then each event with key "a" of topic "orders" matches:${doc('{ "type": "paid" }')}`,
    `1 of 2 events with key "a" of topic "orders" does not match:
  orders/0@0:
    $.type: expected "paid", was "created"`,
  ],
  'not its own': [
    `${orders}
Then each event of topic "orders" has its own "value.type"`,
    `"value.type" is not unique on topic "orders":
  orders/0@0 and orders/0@2 both have "created"`,
  ],
  'nothing there': [
    `${orders}
Then each event of topic "orders" has its own "headers.trace"`,
    `event orders/0@2 has no "headers.trace": {"key": "b", "value": {"type": "created", "n": 3}, "headers": {}, "partition": 0, "offset": 2}`,
  ],
  duplicates: [
    `When topic "orders" receives an event with key "a":${doc('{ "n": 1 }')}
And topic "orders" receives the published event 1 more time
Then topic "orders" has no duplicate events`,
    `topic "orders" has duplicate events:
  orders/0@0 and orders/0@1: key "a", value {"n": 1}`,
  ],
  partitions: [
    `Given topic "parted" exists with 2 partitions
When topic "parted" receives events:
| key | value | partition |
| a   | x     | 0         |
| a   | y     | 1         |
Then topic "parted" has events with key "a" on 1 partition`,
    `topic "parted" has events with key "a" on 2 partitions, not 1: 0 (1), 1 (1)`,
  ],
  'a key on two partitions': [
    `Given topic "parted" exists with 2 partitions
When topic "parted" receives events:
| key | value | partition |
| a   | x     | 0         |
| a   | y     | 1         |
Then topic "parted" has the events of each key on one partition`,
    `topic "parted" has keys on more than one partition:
  key "a" is on parted/0@0 and on parted/1@0`,
  ],
  'a dead letter with other headers': [
    `When topic "orders" receives an event with key "a":${doc('{ "n": 1 }')}
And topic "dlq" receives an event with key "a" and header "error" "":${doc('{ "n": 1 }')}
Then dead-letter topic "dlq" has the event with key "a" of topic "orders" with headers:
| name  | value         |
| error | #regex .+     |
| tries | 3             |`,
    `event orders/0@0 (key "a") came to topic "dlq", but with other headers:
  dlq/0@0:
    header error: expected #regex .+, was ""
    header tries: expected "3", but it is missing`,
  ],
  'a dead letter that was changed': [
    `When topic "orders" receives an event with key "a":${doc('{ "n": 1 }')}
And topic "dlq" receives an event with key "a":${doc('{ "n": 2 }')}
And topic "dlq" receives an event with key "b":${doc('{ "n": 1 }')}
Then dead-letter topic "dlq" has the event of topic "orders"`,
    `event orders/0@0 (key "a") did not come to topic "dlq" as it was:
  dlq/0@0 has the same key, and another value:
    it was:    {"n": 1}
    it became: {"n": 2}
  dlq/0@1 has the same value, and the key "b" instead of "a"`,
  ],
  'no dead letter': [
    `Given topic "dlq" exists with 1 partition
When topic "orders" receives an event with key "a":${doc('{ "n": 1 }')}
Then dead-letter topic "dlq" has the event of topic "orders"`,
    `event orders/0@0 (key "a") did not come to topic "dlq"; topic "dlq" has no event since the scenario began; events came to: orders (1)`,
  ],
  'an event of an earlier scenario, published': [
    `When topic "early" receives an event with key "a":${doc('{ "n": 1 }')}\nThen topic "early" has no events`,
    `topic "early" has 1 event, not none:
  | key | value    | headers | partition | offset |
  | a   | {"n": 1} | {}      | 0         | 0      |`,
  ],
  'an event of an earlier scenario, looked for': [
    `Then topic "early" has an event with key "a":${doc('{ "n": 1 }')}`,
    `topic "early" has no event with key "a" since the scenario began; no topic has any
  -> an event like that came 1 ms before this scenario began, which sees only what came after: early/0@0`,
  ],
  'a row of an earlier scenario': [
    `Then topic "early" has events:\n| value.n |\n| 1 |`,
    `topic "early": 1 of 1 expected event missing; there are no events
missing (event 1 of the table):
  | value.n |
  | 1       |
  -> an event like that came 1 ms before this scenario began, which sees only what came after: early/0@0`,
  ],
  'several to be remembered': [
    `${orders}
When I remember "value.n" of the event with key "a" of topic "orders" as "n"`,
    `topic "orders" has 2 events with key "a", not one: say more of it, or: the last event; the 2 events with key "a" since the scenario began:
  | key | value                       | headers          | partition | offset |
  | a   | {"type": "created", "n": 1} | {"trace": "t-1"} | 0         | 0      |
  | a   | {"type": "paid", "n": 2}    | {"trace": "t-2"} | 0         | 1      |`,
  ],
};

/** Steps that are wrong in themselves, and what is said of them. */
const mistakes: Readonly<Record<string, readonly [steps: string, failure: string]>> = {
  'an unknown column to publish': [
    `When topic "orders" receives events:
| key | valu.n |
| a   | 1      |`,
    `a table of events has no column "valu.n": did you mean "value"?
  -> its columns: key, value, headers, partition, headers.NAME, value.FIELD, key.FIELD  [BRINE_MATCH_003]`,
  ],
  'a value and its fields': [
    `When topic "orders" receives events:
| value | value.n |
| a     | 1       |`,
    `the table of events: column "value" stands beside "value.FIELD"
  -> give the value as a whole or by parts  [BRINE_STEP_002]`,
  ],
  'no value': [
    `When topic "orders" receives events:
| key |
| a   |`,
    `the table of events: it has no column for the value
  -> add "value" (null is a tombstone), or "value.FIELD" for the fields of JSON  [BRINE_STEP_002]`,
  ],
  'no rows': [
    `When topic "orders" receives events:
| key | value |`,
    `the table of events: it has a header and no rows
  -> add a row for each event that is to be published  [BRINE_STEP_002]`,
  ],
  'a column twice': [
    `When topic "orders" receives events:
| key | key | value |
| a   | b   | c     |`,
    `the table of this step: it has the column "key" more than once
  -> remove one of the two, or give it the name of the column that is meant  [BRINE_STEP_002]`,
  ],
  'a marker to publish': [
    `When topic "orders" receives events:
| key   | value |
| #uuid | x     |`,
    `column "key" in row 1 of the table of events: the marker #uuid says what is compared, and nothing that could be published
  -> write a value, \${uuid} or \${now}; in a table #notpresent leaves it out; text that begins with # is written \\#...  [BRINE_STEP_002]`,
  ],
  'a partition that is none': [
    `When topic "orders" receives events:
| value | partition |
| x     | first     |`,
    `column "partition" in row 1 of the table of events: "first" is no number of a partition
  -> partitions count from 0  [BRINE_STEP_002]`,
  ],
  'a partition that there is not': [
    `When topic "orders" receives an event on partition 7:${doc('x')}`,
    `topic "orders": an event was not published: it has no partition 7
  -> partitions count from 0; say how many it has in the configuration (kafka.topics) or, before it is used: Given topic "orders" exists with 3 partitions  [BRINE_STEP_002]`,
  ],
  'a path to publish': [
    `When topic "orders" receives an event where "value.n" is 1:${doc('{}')}`,
    `where "value.n" is ...: it says which events are meant, and nothing that could be published
  -> give a key, headers or a partition: with key "..." and header "..." "..." on partition 0  [BRINE_STEP_002]`,
  ],
  'wrong bytes': [
    `When topic "orders" receives an event with bytes "0x0"`,
    `bytes "0x0": they are written neither in hexadecimal digits nor in base64
  -> write "0x00ff" or "base64:AP8="  [BRINE_STEP_002]`,
  ],
  'no such file': [
    `When topic "orders" receives an event from file "ordr.json"`,
    `file "ordr.json": ENOENT: no such file or directory, open 'test-data/ordr.json'
  -> did you mean "order.json"? files are looked for in the folder testDataDir  [BRINE_STEP_002]`,
  ],
  'an empty value': [
    `When topic "orders" receives an event:${doc('')}`,
    `the value of the event: it is empty
  -> write a value; \`with bytes "0x"\` publishes an empty one, \`receives a tombstone with key "..."\` none at all  [BRINE_STEP_002]`,
  ],
  'an empty expectation': [
    `${orders}\nThen topic "orders" has an event:${doc('')}`,
    `the JSON of this step is not valid JSON at line 1, column 1: there is nothing
  -> give a JSON value, such as {} or []  [BRINE_JSON_001]`,
  ],
  'a tombstone without a key': [
    `When topic "orders" receives a tombstone on partition 0`,
    `this step: a tombstone without a key deletes nothing
  -> write: receives a tombstone with key "...", or before it: the next event has the key:  [BRINE_STEP_002]`,
  ],
  'a table of headers with other columns': [
    `Given the next event has headers:\n| header | value |\n| trace | 1 |`,
    `the table of headers has no column "header"
  -> its columns: name, value  [BRINE_MATCH_003]`,
  ],
  'a null header': [
    `When topic "orders" receives events:\n| value | headers.trace |\n| x | null |`,
    `column "headers.trace" in row 1 of the table of events: a header cannot be published as null
  -> write "", or leave it out: #notpresent  [BRINE_STEP_002]`,
  ],
  'a path that no event has': [
    `${orders}\nThen topic "orders" has an event where "orderId" is 1`,
    `an event has no column "orderId": did you mean "value.orderId"?
  -> its columns: key, value, headers, partition, offset, schema  [BRINE_MATCH_003]`,
  ],
  'a misspelt path': [
    `${orders}\nThen each event of topic "orders" has its own "header.trace"`,
    `an event has no column "header.trace": did you mean "headers.trace"?
  -> its columns: key, value, headers, partition, offset, schema  [BRINE_MATCH_003]`,
  ],
  'an unknown column': [
    `${orders}\nThen topic "orders" has events:\n| orderId |\n| 1 |`,
    `an event has no column "orderId": did you mean "value.orderId"?
  -> its columns: key, value, headers, partition, offset, schema  [BRINE_MATCH_003]`,
  ],
  'an unknown topic': [
    `${orders}\nThen within 10 ms topic "order" has no events`,
    `unknown topic "order"
  -> known: ...  [BRINE_STEP_001]
  not within 10 ms (1 attempt in 1 ms)`,
  ],
  'an unknown group': [
    `Then within 10 ms consumer group "x" has caught up`,
    `unknown consumer group (with a consumer in it) "x"
  -> known: ...  [BRINE_STEP_001]
  not within 10 ms (1 attempt in 1 ms)`,
  ],
  'another number of partitions': [
    `Given topic "orders" exists with 1 partition
And topic "orders" exists with 3 partitions`,
    `topic "orders": it exists already, with 1 partition and not 3; topics stay from scenario to scenario
  -> give the number in the configuration (kafka.topics, "orders": { partitions: 3 }), in all scenarios, or use another topic  [BRINE_STEP_002]`,
  ],
  'nothing to repeat': [
    `When topic "orders" receives the published event 1 more time`,
    `no event was published yet; say before: When topic "..." receives an event:`,
  ],
  'no events at all to publish': [
    `When topic "orders" receives 0 events:${doc('x')}`,
    `this step: it publishes no event
  -> write how many events: 1 or more  [BRINE_STEP_002]`,
  ],
  'wrong JSON in a file of events': [
    `When topic "orders" receives events from file "broken.json"`,
    `file "broken.json" is not valid JSON at line 1, column 14: a comma stands before the closing }
  -> remove the comma  [BRINE_JSON_001]`,
  ],
};

const topics = /\b(orders|bills|parted|dlq)\b/g;

let messages: ReadonlyMap<string, string>;
let run: RunResult;

before(async () => {
  // each has topics of its own, so that none has events of an earlier scenario
  const scenarios = Object.entries({ ...cases, ...mistakes }).map(([name, [steps]], at) => {
    return `  Scenario: ${name}\n${steps.replace(topics, `$1-${at}`).replace(/^/gm, '    ')}\n`;
  });
  run = await runOnce({
    brine: "{ provider: 'embedded' }",
    files: {
      'test-data/order.json': '{}',
      'test-data/broken.json': '[{ "key": "a", }]',
      'features/all.feature': `Feature: failures\n${scenarios.join('\n')}`,
    },
  });
  messages = failureMessages(run);
});

/** Without the numbers of topics; how long something took or was ago is another each time. */
function steady(message: string): string {
  return message
    .replace(/\b(orders|bills|parted|dlq)-\d+/g, '$1')
    .replace(/'\/[^']*\/(?=test-data)/, "'")
    .replace(/known: .* {2}\[/, 'known: ...  [')
    .replace(/came [\d.]+ m?s before/, 'came 1 ms before')
    .replace(/\(\d+ attempts? in [\d.]+ m?s\)/, '(1 attempt in 1 ms)');
}

for (const [about, group] of Object.entries({
  'a failure of an event step says all there is to know': cases,
  'a step about events that is wrong in itself says how to mend it': mistakes,
})) {
  describe(about, () => {
    for (const [name, [, expected]] of Object.entries(group)) {
      test(name, () => assert.equal(steady(messages.get(name) ?? run.output), expected));
    }
  });
}
