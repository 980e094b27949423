import { before } from 'node:test';
import { type FailureCases, featureOf, testFailures } from './failures';
import { type RunResult, runOnce } from './project';

/** By scenario: its steps, and the words of its failure. */
const cases: FailureCases = {
  'another text': [
    'Then cache key "greeting" is "hello you"',
    `cache key "greeting" does not match:
  $: expected "hello you", was "hello"
cache key "greeting" was:
  "hello"
it never expires`,
  ],
  'another number': [
    'Then cache key "visits" is 42',
    `cache key "visits" does not match:
  $: expected 42, was 41
cache key "visits" was:
  41
it never expires`,
  ],
  'the same JSON, written otherwise': [
    `Then cache key "order:1" is "{\\"id\\":1,\\"status\\":\\"new\\"}"`,
    `cache key "order:1" does not match:
  $: expected "{\\"id\\":1,\\"status\\":\\"new\\"}", was "{ \\"id\\": 1, \\"status\\": \\"new\\" }" (only white space differs)
cache key "order:1" was:
  "{ \\"id\\": 1, \\"status\\": \\"new\\" }"
the two are the same JSON and differ only in how it is written; say \`is exactly:\` to compare as JSON
it never expires`,
  ],
  'a key that is nearly there': [
    'Then cache key "order:2" exists',
    `cache key "order:2" is absent; did you mean "order:1"? the cache has: audit, greeting, order:1, queue, user, visits`,
  ],
  'a key that was there': [
    `Given cache key "lock" is set to 1
    And cache key "lock" is removed
    Then cache key "lock" is 1`,
    `cache key "lock" is absent; the cache has: audit, greeting, order:1, queue, user, visits`,
  ],
  'a key that is there': [
    'Then cache key "greeting" is absent',
    `cache key "greeting" is not absent: it holds a string: "hello"; it never expires`,
  ],
  'other JSON': [
    `Then cache key "order:1" matches:
      """
      { "status": "confirmed", "total": "#number" }
      """`,
    `cache key "order:1" does not match:
  $.status: expected "confirmed", was "new"
  $.total: expected #number (a number), but it is missing
cache key "order:1" was:
  {"id": 1, "status": "new"}
it never expires`,
  ],
  'JSON that has more': [
    `Then cache key "order:1" is exactly:
      """
      { "id": 1 }
      """`,
    `cache key "order:1" does not match:
  $.status: is not expected, was "new"
cache key "order:1" was:
  {"id": 1, "status": "new"}
it never expires`,
  ],
  'other bytes': [
    'Then cache key "greeting" holds bytes "0x00ff"',
    `cache key "greeting" does not hold the bytes 0x00ff: it holds a string: "hello"; it never expires`,
  ],
  'another type': [
    'Then cache key "user" is "ada"',
    `cache key "user" is a hash, and this step looks at a string; say \`cache key "user" has fields:\``,
  ],
  'another type than its parts have': [
    `Then cache key "queue" has fields:
      | field |
      | name  |`,
    `cache key "queue" is a list, and this step looks at a hash; say \`cache key "queue" has items:\``,
  ],
  'another type than named': [
    'Then cache key "user" is a sorted set',
    `cache key "user" is a hash, not a sorted set; it holds a hash: {"name": "ada", "role": "admin"}; it never expires`,
  ],
  'other fields': [
    `Then cache key "user" has only these fields:
      | field | value |
      | name  | Ada   |`,
    `cache key "user" (a hash; it never expires): 1 of 1 expected field missing, 2 unexpected fields; there are 2 fields
missing (field 1 of the table):
  | field | value |
  | name  | Ada   |
  closest is field 1 of 2, which differs in:
    | value |
    | ada   |
    value: expected "Ada", was "ada" (only upper and lower case differ)
unexpected:
  | field | value |
  | name  | ada   |
  | role  | admin |`,
  ],
  'items in another order': [
    `Then cache key "queue" has items in order:
      | item |
      | b    |
      | a    |`,
    `cache key "queue" (a list; it never expires): 1 item out of order; there are 2 items
out of order (item 1 of the table is item 2):
  | item |
  | b    |`,
  ],
  'an unknown column': [
    `Then cache key "queue" has items:
      | itme |
      | a    |`,
    `cache key "queue" (a list; it never expires) has no column "itme": did you mean "item"?
  -> its columns: position, item  [BRINE_MATCH_003]`,
  ],
  'items that nobody wants': [
    `Then cache key "queue" has no items like:
      | item |
      | b    |`,
    `cache key "queue" has 1 item like that:
  | position | item |
  | 1        | b    |`,
  ],
  'another number of items': [
    'Then cache key "queue" has 3 items',
    `cache key "queue" has 2 items, not 3:
  | position | item |
  | 0        | a    |
  | 1        | b    |`,
  ],
  'it never expires': [
    'Then cache key "greeting" expires within 1 minute',
    `cache key "greeting" never expires`,
  ],
  'it was removed, not expired': [
    `Given cache key "greeting" is removed
    Then cache key "greeting" has expired`,
    `cache key "greeting" is absent, and no step of this scenario has seen it there; say before: Then cache key "greeting" exists`,
  ],
  'it was not seen before': [
    'Then cache key "unheard-of" has expired',
    `cache key "unheard-of" is absent, and no step of this scenario has seen it there; say before: Then cache key "unheard-of" exists`,
  ],
  'another number of keys': [
    'Then the cache has 1 key like "*e*"',
    `the cache has 4 keys like "*e*", not 1: greeting, order:1, queue, user`,
  ],
  'keys that should not be': [
    'Then the cache has no keys like "order:*"',
    `the cache has 1 key like "order:*", not none: order:1`,
  ],
  'other keys': [
    `Then the cache has keys:
      | key     | value.status |
      | order:1 | confirmed    |`,
    `the cache: 1 of 1 expected key missing; there are 6 keys
missing (key 1 of the table):
  | key     | value.status |
  | order:1 | confirmed    |
  closest is key 3 of 6, which differs in:
    | value.status |
    | new          |
    value.status: expected confirmed, was new`,
  ],
  'another row': [
    `Then cache key "order:1" equals the row of table "orders" where:
      | id |
      | 1  |`,
    `cache key "order:1" does not equal the row of table "orders" (it never expires):
  1 of 1 expected row missing; there is 1 row
  missing (row 1 of the table):
    | id | status    |
    | 1  | confirmed |
    the only row differs in:
      | status |
      | new    |`,
  ],
  'no row': [
    `Then cache key "order:1" equals the row of table "orders" where:
      | id |
      | 2  |`,
    `table "orders" has no rows like that, not one; it has:
  | id | status    |
  | 1  | confirmed |`,
  ],
  'no such group': [
    'Then consumer group "mailer" of cache key "audit" has caught up',
    `cache key "audit" has no consumer group "mailer"; it has none`,
  ],
  'a group that is behind': [
    `Given consumer group "printer" of cache key "audit" exists
    Then consumer group "printer" of cache key "audit" has caught up`,
    `group "printer" of cache key "audit" is behind: 1 entry not delivered, 0 not acknowledged`,
  ],
  'never read': [
    `Given reads of the cache are watched
    Then the last read of cache key "greeting" was a hit`,
    `the last read of cache key "greeting" is none: no service has read it since reads are watched`,
  ],
  'read another number of times': [
    `Given reads of the cache are watched
    Then cache key "greeting" was read 1 time`,
    `cache key "greeting" was read 0 times, not 1 time`,
  ],
  'reads that nobody watches': [
    'Then cache key "greeting" was read 1 time',
    `this step: reads of the cache are not watched
  -> say before: Given reads of the cache are watched  [BRINE_STEP_002]`,
  ],
  'another message': [
    `Given channel "news" is listened to
    When channel "news" receives a message:
      """
      { "id": 1 }
      """
    Then channel "news" has a message:
      """
      { "id": 2 }
      """`,
    `no message of channel "news" is like this; the last one does not match:
  $.id: expected 2, was 1
no message of channel "news" is like this; the last one was:
  {"id": 1}
the messages since listening began:
  | message   |
  | {"id": 1} |`,
  ],
  'no message': [
    `Given channel "news" is listened to
    Then within 20 ms channel "news" has a message:
      """
      { "id": 2 }
      """`,
    `channel "news" has no message since listening began`,
  ],
  'a channel that nobody listens to': [
    'Then channel "news" has no messages',
    `channel "news": no step has listened to it, and messages are kept by nobody
  -> say before: Given channel "news" is listened to  [BRINE_STEP_002]`,
  ],
  'messages of other channels': [
    `Given channels like "n*" are listened to
    When channel "news" receives a message:
      """
      x
      """
    Then channels like "n*" have only these messages in order:
      | channel | message |
      | notes   | x       |`,
    `channels like "n*": 1 of 1 expected message missing, 1 unexpected message; there is 1 message
missing (message 1 of the table):
  | channel | message |
  | notes   | x       |
  the only message differs in:
    | channel |
    | news    |
unexpected:
  | channel | message |
  | news    | x       |`,
  ],
  'one message too many': [
    `Given channels like "n*" are listened to
    When channel "news" receives a message:
      """
      x
      """
    Then channels like "n*" have no messages`,
    `channels like "n*" have 1 message, not none:
  | channel | message |
  | news    | x       |`,
  ],
  'a window that ends before it begins': [
    'Then cache key "greeting" expires in 5 to 4 minutes',
    `"5 to 4 minutes": it ends before it begins
  -> write 4 to 5 minutes, or 30 seconds to 2 minutes  [BRINE_STEP_002]`,
  ],
  'bytes that are none': [
    'Given cache key "b" is set to bytes "0xzz"',
    `bytes "0xzz": they are written neither in hexadecimal digits nor in base64
  -> write "0x00ff" or "base64:AP8="  [BRINE_STEP_002]`,
  ],
  'fields without their column': [
    `Given cache key "user" receives fields:
      | name |
      | ada  |`,
    `a table of fields has no column "name"
  -> its columns: field, value  [BRINE_MATCH_003]`,
  ],
  'parts of another type': [
    `Given cache key "greeting" receives items:
      | item |
      | a    |`,
    `cache key "greeting": it holds a string already, to which this cannot be added
  -> say before: Given cache key "greeting" is removed  [BRINE_STEP_002]`,
  ],
  'a counter that is none': [
    'Given cache key "greeting" is increased by 1',
    `cache key "greeting": ERR value is not an integer or out of range
  -> correct the value  [BRINE_STEP_002]`,
  ],
  'a time that is none': [
    `Given the cache receives keys:
      | key | value | expires in |
      | k   | v     | soon       |`,
    `the cell "soon" of column "expires in": it is no duration
  -> write 5 minutes, 30 s, 200 ms, or nothing for a key that never expires  [BRINE_STEP_002]`,
  ],
};

const background = `
  Background:
    Given cache key "greeting" is set to "hello"
    And cache key "visits" is set to 41
    And cache key "order:1" is set to:
      """
      { "id": 1, "status": "new" }
      """
    And cache key "user" receives fields:
      | field | value |
      | name  | ada   |
      | role  | admin |
    And cache key "queue" receives items:
      | item |
      | a    |
      | b    |
    And cache key "audit" receives entries:
      | type    |
      | created |
    And table "orders" receives rows:
      | id | status    |
      | 1  | confirmed |
`;

let run: RunResult;

before(async () => {
  run = await runOnce({
    brine: "{ provider: 'embedded', databases: { shop: { sql: ['shop.sql'] } } }",
    files: {
      'shop.sql': 'CREATE TABLE orders (id integer PRIMARY KEY, status text);',
      'features/all.feature': featureOf(cases, background),
    },
  });
});

testFailures('a failure of a cache step teaches', cases, () => run);
