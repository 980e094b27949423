/** For one assertion of the catalogue: what makes it true, and words for it that are true and that are wrong. */
export interface AssertionCase {
  /** As the catalogue has it. */
  readonly phrase: string;
  /** Steps before it. */
  readonly given?: string;
  readonly right: string;
  readonly wrong: string;
  /** Steps before the wrong words, where it is them that make it wrong. */
  readonly wrongGiven?: string;
}

const get = 'When I send GET "/value?n=1"';
const list = 'When I send GET "/list"';
const cookies = 'When I send GET "/cookies"';
const atOnce = 'When I send GET "/value?n=1" 3 times at once';
const load = 'When I send GET "/value?n=1" 4 times, 2 at once';
const docString = (text: string) => `\n"""\n${text}\n"""`;
const row = 'Given table "people" receives rows:\n| name |\n| ada  |';
const queried = `${row}\nWhen I query:${docString('SELECT name FROM people')}`;
const counted = 'Given table "counted" receives rows:\n| n | m |\n| 2 | 4 |';
const event = `When topic "audit" receives an event with key "k":${docString('{ "n": 1 }')}`;
const events =
  'When topic "audit" receives events:\n| key | value.n | value.type | headers.h |\n| a | 1 | x | 1 |\n| b | 2 | x | 2 |';
const backwards =
  'When topic "audit" receives events:\n| key | value.n | value.type |\n| b | 2 | x |\n| a | 1 | x |';
const parted =
  'Given topic "parted" exists with 2 partitions\nWhen topic "parted" receives events:\n| key | value | partition |\n| a | x | 0 |\n| b | x | 1 |';
const encoded = `When topic "encoded" receives an event of schema "n.avsc" with key "k":${docString('{ "n": 1 }')}`;
const registered = 'Given schema "n.avsc" is registered for topic "encoded"';
const key = 'Given cache key "k" is set to "v"';
const expiring = `Given cache key "k" expiring in 60 seconds is set to:${docString('{ "n": 1 }')}`;
const hash = 'Given cache key "k" receives fields:\n| field | value |\n| n | 1 |';
const items = 'Given cache key "k" receives items:\n| item |\n| a |\n| b |\n| c |';
const stream = 'Given cache key "k" receives entries:\n| type |\n| created |';
const patterned = [
  'Given channels like "c*" are listened to',
  `When channel "c1" receives a message:${docString('{ "n": 1 }')}`,
  `When channel "d" receives a message:${docString('other')}`,
  `When channel "c2" receives a message:${docString('plain')}`,
].join('\n');
const message = [
  'Given channel "c" is listened to',
  `When channel "c" receives a message:${docString('{ "n": 1 }')}`,
  `When channel "c" receives a message:${docString('plain')}`,
].join('\n');
const call = 'When I send GET "/call-payments"';
const committed = `When I run SQL in one transaction:${docString("INSERT INTO people VALUES ('ada')")}`;
const undone = `When I run SQL in one transaction:${docString('INSERT INTO people VALUES (1 / 0)')}`;

/** Every assertion of the vocabulary; the test demands that none is missing. */
export const assertionCases: readonly AssertionCase[] = [
  {
    phrase: 'the response status is {status}',
    given: get,
    right: 'the response status is 200',
    wrong: 'the response status is 201',
  },
  {
    phrase: 'the response body matches:',
    given: get,
    right: `the response body matches:${docString('{ "n": "1" }')}`,
    wrong: `the response body matches:${docString('{ "n": "2" }')}`,
  },
  {
    phrase: 'the response body is exactly:',
    given: get,
    right: `the response body is exactly:${docString('{ "n": "1", "more": true }')}`,
    wrong: `the response body is exactly:${docString('{ "n": "1" }')}`,
  },
  {
    phrase: 'the response body is empty',
    given: 'When I send GET "/empty"',
    right: 'the response body is empty',
    wrongGiven: get,
    wrong: 'the response body is empty',
  },
  {
    phrase: 'the response field {string} is {literal}',
    given: get,
    right: 'the response field "n" is "1"',
    wrong: 'the response field "n" is "2"',
  },
  {
    phrase: 'the response header {string} is {literal}',
    given: get,
    right: 'the response header "X-Kind" is "echo"',
    wrong: 'the response header "X-Kind" is "other"',
  },
  {
    phrase: '{method} {string}[ of {service}] answers {status}',
    right: 'GET "/value?n=1" answers OK',
    wrong: 'GET "/value?n=1" answers 4xx',
  },
  {
    phrase: 'the response body matches in any order:',
    given: list,
    right: `the response body matches in any order:${docString('{ "items": [{ "id": 2 }, { "id": 1 }] }')}`,
    wrong: `the response body matches in any order:${docString('{ "items": [{ "id": 2 }] }')}`,
  },
  {
    phrase: 'the response body contains:',
    given: list,
    right: `the response body contains:${docString('{ "items": [{ "id": 2 }] }')}`,
    wrong: `the response body contains:${docString('{ "items": [{ "id": 3 }] }')}`,
  },
  {
    phrase: 'the response body is exactly the file {string}',
    given: get,
    right: 'the response body is exactly the file "answer.json"',
    wrong: 'the response body is exactly the file "other.json"',
  },
  {
    phrase: 'the response body has {int} byte(s)',
    given: get,
    right: 'the response body has 21 bytes',
    wrong: 'the response body has 20 bytes',
  },
  {
    phrase: 'the response body has at most {int} byte(s)',
    given: get,
    right: 'the response body has at most 21 bytes',
    wrong: 'the response body has at most 20 bytes',
  },
  {
    phrase: 'the response text is {literal}',
    given: get,
    right: 'the response text is "#regex .*more.*"',
    wrong: 'the response text is "more"',
  },
  {
    phrase: 'the response text is:',
    given: get,
    right: `the response text is:${docString('{"n":"1","more":true}')}`,
    wrong: `the response text is:${docString('{"n":"1"}')}`,
  },
  {
    phrase: 'the response text contains {string}',
    given: get,
    right: 'the response text contains "more"',
    wrong: 'the response text contains "less"',
  },
  {
    phrase: 'the response field {string} matches:',
    given: list,
    right: `the response field "items[0]" matches:${docString('{ "id": 1 }')}`,
    wrong: `the response field "items[0]" matches:${docString('{ "id": 2 }')}`,
  },
  {
    phrase: 'the response field {string} is exactly:',
    given: list,
    right: `the response field "items[0]" is exactly:${docString('{ "id": 1, "tag": "x" }')}`,
    wrong: `the response field "items[0]" is exactly:${docString('{ "id": 1 }')}`,
  },
  {
    phrase: 'the response has headers:',
    given: get,
    right: 'the response has headers:\n| name | value |\n| X-Kind | echo |',
    wrong: 'the response has headers:\n| name | value |\n| X-Kind | other |',
  },
  {
    phrase: 'the response header {string} has {int} value(s)',
    given: cookies,
    right: 'the response header "Set-Cookie" has 2 values',
    wrong: 'the response header "Set-Cookie" has 1 value',
  },
  {
    phrase: 'the response cookie {string} is {literal}',
    given: cookies,
    right: 'the response cookie "a" is "1"',
    wrong: 'the response cookie "a" is null',
  },
  {
    phrase: 'the response cookie {string} matches:',
    given: cookies,
    right: `the response cookie "a" matches:${docString('{ "path": "/", "httponly": true }')}`,
    wrong: `the response cookie "b" matches:${docString('{ "httponly": true }')}`,
  },
  {
    phrase: 'the response took less than {duration}',
    given: get,
    right: 'the response took less than 10 seconds',
    wrong: 'the response took less than 0 ms',
  },
  {
    phrase: 'the response redirects to {string}',
    given: 'When I send GET "/old"',
    right: 'the response redirects to "/value?n=1"',
    wrong: 'the response redirects to "/value"',
  },
  {
    phrase: 'the response came after {int} redirect(s)[ from {string}]',
    given: 'Given all requests follow redirects\nWhen I send GET "/old"',
    right: 'the response came after 1 redirect from "/value?n=1"',
    wrong: 'the response came after 0 redirects',
  },
  {
    phrase: '{value} has/have {int} item(s)',
    given: list,
    right: 'the response field "items" has 2 items',
    wrong: 'the response field "items" has 1 item',
  },
  {
    phrase: '{value} has/have items:',
    given: list,
    right: 'the response field "items" has items:\n| id |\n| 2 |',
    wrong: 'the response field "items" has items:\n| id |\n| 3 |',
  },
  {
    phrase: '{value} has/have only these items:',
    given: list,
    right: 'the response field "items" has only these items:\n| id |\n| 2 |\n| 1 |',
    wrong: 'the response field "items" has only these items:\n| id |\n| 2 |',
  },
  {
    phrase: '{value} has/have only these items in order:',
    given: list,
    right: 'the response field "items" has only these items in order:\n| id |\n| 1 |\n| 2 |',
    wrong: 'the response field "items" has only these items in order:\n| id |\n| 2 |\n| 1 |',
  },
  {
    phrase: 'each item of {value} matches:',
    given: list,
    right: `each item of the response field "items" matches:${docString('{ "tag": "x" }')}`,
    wrong: `each item of the response field "nothing" matches:${docString('{ "tag": "x" }')}`,
  },
  {
    phrase: 'no item of {value} matches:',
    given: list,
    right: `no item of the response field "items" matches:${docString('{ "id": 3 }')}`,
    wrong: `no item of the response field "items" matches:${docString('{ "id": 2 }')}`,
  },
  {
    phrase: 'each item of {value} has its own {string}',
    given: list,
    right: 'each item of the response field "items" has its own "id"',
    wrong: 'each item of the response field "same" has its own "$"',
  },
  {
    phrase: 'the items of {value} are sorted by {string} {order}',
    given: list,
    right: 'the items of the response field "items" are sorted by "id" ascending',
    wrong: 'the items of the response field "items" are sorted by "id" descending',
  },
  {
    phrase: 'all responses have status {status}',
    given: atOnce,
    right: 'all responses have status OK',
    wrong: 'all responses have status 201',
  },
  {
    phrase: 'exactly {int} response(s) has/have status {status}[ and the others {status}]',
    given: atOnce,
    right: 'exactly 3 responses have status 200 and the others 409',
    wrong: 'exactly 1 response has status 200 and the others 409',
  },
  {
    phrase: 'all responses have the same body',
    given: atOnce,
    right: 'all responses have the same body',
    wrongGiven: 'When I send GET "/once" 3 times at once',
    wrong: 'all responses have the same body',
  },
  {
    phrase: 'each response matches:',
    given: atOnce,
    right: `each response matches:${docString('{ "status": 200, "body": { "n": "1" } }')}`,
    wrong: `each response matches:${docString('{ "status": 200, "body": { "n": "2" } }')}`,
  },
  {
    phrase: 'each response has its own {string}',
    given: 'When I send GET "/once" 3 times at once',
    right: 'each response has its own "n"',
    wrongGiven: atOnce,
    wrong: 'each response has its own "n"',
  },
  {
    phrase: '{method} {string}[ of {service}] answers[ {status}] with:',
    right: `GET "/value?n=1" answers 200 with:${docString('{ "n": "1" }')}`,
    wrong: `GET "/value?n=1" answers 201 with:${docString('{ "n": "1" }')}`,
  },
  {
    phrase: '{value} conform(s) to JSON Schema:',
    given: get,
    right: `the response body conforms to JSON Schema:${docString('{ "type": "object", "required": ["n"] }')}`,
    wrong: `the response body conforms to JSON Schema:${docString('{ "type": "object", "required": ["m"] }')}`,
  },
  {
    phrase: '{value} conform(s) to JSON Schema from file {string}',
    given: get,
    right: 'the response body conforms to JSON Schema from file "n.schema.json"',
    wrongGiven: list,
    wrong: 'the response body conforms to JSON Schema from file "n.schema.json"',
  },
  {
    phrase: '{value} conform(s) to contract:',
    given: get,
    right: `the response body conforms to contract:${docString('{ "required": ["n"], "properties": { "n": "string" } }')}`,
    wrong: `the response body conforms to contract:${docString('{ "required": ["n"], "properties": { "n": "number" } }')}`,
  },
  {
    phrase: '{value} has/have fields:',
    given: get,
    right: 'the response body has fields:\n| field | type |\n| n | string |',
    wrong: 'the response body has fields:\n| field | type |\n| n | number |',
  },
  {
    phrase: 'the response conforms to OpenAPI[ document {string}]',
    given: get,
    right: 'the response conforms to OpenAPI document "openapi.json"',
    wrongGiven: list,
    wrong: 'the response conforms to OpenAPI document "openapi.json"',
  },
  {
    phrase: 'the request conforms to OpenAPI[ document {string}]',
    given: 'When I send GET "/asked?n=1"',
    right: 'the request conforms to OpenAPI document "openapi.json"',
    wrongGiven: 'When I send GET "/asked"',
    wrong: 'the request conforms to OpenAPI document "openapi.json"',
  },
  {
    phrase: 'the calls of outside service {stub} conform to OpenAPI document {string}',
    given: call,
    right: 'the calls of outside service payments conform to OpenAPI document "openapi.json"',
    wrongGiven: get,
    wrong: 'the calls of outside service payments conform to OpenAPI document "openapi.json"',
  },
  {
    phrase: 'every answer to the load has status {status}',
    given: load,
    right: 'every answer to the load has status 200',
    wrong: 'every answer to the load has status 201',
  },
  {
    phrase: 'at most {float} % of the load failed',
    given: load,
    right: 'at most 0 % of the load failed',
    wrongGiven: 'When I send GET "/health-no" 2 times, 1 at once',
    wrong: 'at most 50 % of the load failed',
  },
  {
    phrase: '{float} % of the load took less than {duration}',
    given: load,
    right: '99 % of the load took less than 10 seconds',
    wrong: '99 % of the load took less than 0 ms',
  },
  {
    phrase: 'the load had at least {float} answer(s) per second',
    given: load,
    right: 'the load had at least 0.1 answers per second',
    wrong: 'the load had at least 100000000 answers per second',
  },
  {
    phrase: 'the transaction was committed',
    given: committed,
    right: 'the transaction was committed',
    wrongGiven: undone,
    wrong: 'the transaction was committed',
  },
  {
    phrase: 'the transaction was rolled back with {string}',
    given: undone,
    right: 'the transaction was rolled back with "division by zero"',
    wrong: 'the transaction was rolled back with "duplicate"',
  },
  {
    phrase: 'the query returns rows[ {layout}]:',
    given: queried,
    right: 'the query returns rows:\n| name |\n| ada  |',
    wrong: 'the query returns rows as columns:\n| name | bob |',
  },
  {
    phrase: 'the query returns {int} row(s)',
    given: queried,
    right: 'the query returns 1 row',
    wrong: 'the query returns 2 rows',
  },
  {
    phrase: 'the query returns no rows',
    given: `When I query:${docString('SELECT name FROM people')}`,
    right: 'the query returns no rows',
    wrongGiven: queried,
    wrong: 'the query returns no rows',
  },
  {
    phrase: 'the query returns value {literal}',
    given: queried,
    right: 'the query returns value "ada"',
    wrong: 'the query returns value "bob"',
  },
  {
    phrase: 'table {string}[ of {database}] has rows[ {layout}]:',
    given: `${row}\n| bob |`,
    right: 'table "people" has rows:\n| name |\n| bob  |\n| ada  |',
    wrong: 'table "people" has rows as columns:\n| name | ada | eve |',
  },
  {
    phrase: 'table {string}[ of {database}] has rows as {format}:',
    given: `${row}\n| bob |`,
    right: `table "people" has rows as JSON:${docString('[{ "name": "bob" }, { "name": "#string" }]')}`,
    wrong: `table "people" has rows as YAML:${docString('- name: bob\n- name: eve')}`,
  },
  {
    phrase: 'table {string}[ of {database}] has rows from file {string}',
    given: `${row}\n| bob |`,
    right: 'table "people" has rows from file "people.csv"',
    wrongGiven: row,
    wrong: 'table "people" has rows from file "people.csv"',
  },
  {
    phrase: 'table {string}[ of {database}] has only these rows[ {layout}]:',
    given: `${row}\n| bob |`,
    right: 'table "people" has only these rows:\n| name |\n| bob  |\n| ada  |',
    wrong: 'table "people" has only these rows as columns:\n| name | ada | eve |',
  },
  {
    phrase: 'table {string}[ of {database}] has only these rows as {format}:',
    given: `${row}\n| bob |`,
    right: `table "people" has only these rows as JSON:${docString('[{ "name": "bob" }, { "name": "#string" }]')}`,
    wrong: `table "people" has only these rows as YAML:${docString('- name: bob\n- name: eve')}`,
  },
  {
    phrase: 'table {string}[ of {database}] has only these rows from file {string}',
    given: `${row}\n| bob |`,
    right: 'table "people" has only these rows from file "people.csv"',
    wrongGiven: row,
    wrong: 'table "people" has only these rows from file "people.csv"',
  },
  {
    phrase: 'table {string}[ of {database}] has exactly these rows[ {layout}]:',
    given: `${row}\n| bob |`,
    right: 'table "people" has exactly these rows:\n| name |\n| bob  |\n| ada  |',
    wrong: 'table "people" has exactly these rows as columns:\n| name | ada | eve |',
  },
  {
    phrase: 'table {string}[ of {database}] has exactly these rows as {format}:',
    given: `${row}\n| bob |`,
    right: `table "people" has exactly these rows as JSON:${docString('[{ "name": "bob" }, { "name": "#string" }]')}`,
    wrong: `table "people" has exactly these rows as YAML:${docString('- name: bob\n- name: eve')}`,
  },
  {
    phrase: 'table {string}[ of {database}] has exactly these rows from file {string}',
    given: `${row}\n| bob |`,
    right: 'table "people" has exactly these rows from file "people.csv"',
    wrongGiven: row,
    wrong: 'table "people" has exactly these rows from file "people.csv"',
  },
  {
    phrase: 'table {string}[ of {database}] has only these rows in order of {string}:',
    given: `${row}\n| bob |`,
    right: 'table "people" has only these rows in order of "name descending":\n| name |\n| bob |\n| ada |',
    wrong: 'table "people" has only these rows in order of "name":\n| name |\n| bob |\n| ada |',
  },
  {
    phrase: 'table {string}[ of {database}] has {int} row(s)',
    given: row,
    right: 'table "people" has 1 row',
    wrong: 'table "people" has 2 rows',
  },
  {
    phrase: 'table {string}[ of {database}] has {int} row(s) like:',
    given: row,
    right: 'table "people" has 1 row like:\n| name |\n| ada |',
    wrong: 'table "people" has 1 row like:\n| name |\n| bob |',
  },
  {
    phrase: 'table {string}[ of {database}] is unchanged',
    given: `${row}\nGiven table "people" is remembered`,
    right: 'table "people" is unchanged',
    wrongGiven: row,
    wrong: 'table "people" is unchanged',
  },
  {
    phrase: 'table {string}[ of {database}] equals table {string}[ of {database}][ by {string}]',
    given: 'Given table "people" receives rows:\n| name |\n| 1    |',
    right: 'table "people" equals table "seeded" of db by "name"',
    wrongGiven: row,
    wrong: 'table "people" of db equals table "seeded"',
  },
  {
    phrase: 'table {string}[ of {database}] equals table {string}[ of {database}][ by {string}] in columns:',
    given: 'Given table "people" receives rows:\n| name |\n| 1    |',
    right: 'table "people" equals table "counted" in columns:\n| people | counted |\n| name | n |',
    wrongGiven: row,
    wrong: 'table "people" equals table "counted" by "name" in columns:\n| people | counted |\n| name | n |',
  },
  {
    phrase: 'the sum of {string} in table {string}[ of {database}] is {literal}',
    right: 'the sum of "n" in table "counted" is 1',
    wrong: 'the sum of "n" in table "counted" is 2',
  },
  {
    phrase:
      'the sum of {string} in table {string}[ of {database}] equals the sum of {string} in table {string}[ of {database}]',
    given: counted,
    right: 'the sum of "n" in table "counted" equals the sum of "n" in table "counted" of db',
    wrong: 'the sum of "n" in table "counted" equals the sum of "m" in table "counted"',
  },
  {
    phrase: 'the sum of these columns is {literal}:',
    given: counted,
    right: 'the sum of these columns is 7:\n| table | column |\n| counted | n |\n| counted | m |',
    wrong: 'the sum of these columns is 5:\n| table | column |\n| counted | n |\n| counted | m |',
  },
  {
    phrase: 'the sum of these columns is unchanged:',
    right: 'the sum of these columns is unchanged:\n| table | column |\n| counted | n |',
    wrongGiven: counted,
    wrong: 'the sum of these columns is unchanged:\n| table | column |\n| counted | n |',
  },
  {
    phrase: 'table {string}[ of {database}] has no rows',
    right: 'table "people" has no rows',
    wrong: 'table "seeded" has no rows',
  },
  {
    phrase: 'table {string}[ of {database}] has no row like:',
    given: row,
    right: 'table "people" has no row like:\n| name |\n| bob  |',
    wrong: 'table "people" has no row like:\n| name |\n| ada  |',
  },
  {
    phrase: 'the published event matches:',
    given: event,
    right: `the published event matches:${docString('{ "topic": "audit" }')}`,
    wrong: `the published event matches:${docString('{ "topic": "other" }')}`,
  },
  {
    phrase: 'topic {string} has an event[ {selection}]:',
    given: event,
    right: `topic "audit" has an event with key "k":${docString('{ "n": 1 }')}`,
    wrong: `topic "audit" has an event with key "k":${docString('{ "n": 2 }')}`,
  },
  {
    phrase: 'topic {string} has an event[ {selection}] from file {string}',
    given: events,
    right: 'topic "audit" has an event with key "a" from file "event.json"',
    wrong: 'topic "audit" has an event with key "b" from file "event.json"',
  },
  {
    phrase: 'topic {string} has an event[ {selection}] that is exactly:',
    given: events,
    right: `topic "audit" has an event that is exactly:${docString('{ "n": 1, "type": "x" }')}`,
    wrong: `topic "audit" has an event that is exactly:${docString('{ "n": 1 }')}`,
  },
  {
    phrase: 'topic {string} has an event[ {selection}] that is exactly the file {string}',
    given: events,
    right: 'topic "audit" has an event that is exactly the file "event.json"',
    wrongGiven: event,
    wrong: 'topic "audit" has an event that is exactly the file "event.json"',
  },
  {
    phrase: 'topic {string} has an event {selection}',
    given: events,
    right: 'topic "audit" has an event with header "h" "1" where "value.n" is 1',
    wrong: 'topic "audit" has an event with header "h" "2" where "value.n" is 1',
  },
  {
    phrase: 'topic {string} has an event[ {selection}] of bytes {string}',
    given: 'When topic "audit" receives an event with bytes "0x00ff"',
    right: 'topic "audit" has an event of bytes "base64:AP8="',
    wrong: 'topic "audit" has an event of bytes "0x00fe"',
  },
  {
    phrase: 'topic {string} has an event[ {selection}] of text:',
    given: `When topic "audit" receives an event:${docString('no JSON')}`,
    right: `topic "audit" has an event of text:${docString('no JSON')}`,
    wrong: `topic "audit" has an event of text:${docString('no json')}`,
  },
  {
    phrase: 'topic {string} has a tombstone[ {selection}]',
    given: 'When topic "audit" receives a tombstone with key "k"',
    right: 'topic "audit" has a tombstone with key "k"',
    wrongGiven: `When topic "audit" receives an event with key "k":${docString('null')}`,
    wrong: 'topic "audit" has a tombstone with key "k"',
  },
  {
    phrase: 'topic {string} has {int} event(s)[ {selection}]',
    given: event,
    right: 'topic "audit" has 1 event with key "k"',
    wrong: 'topic "audit" has 1 event with key "other"',
  },
  {
    phrase: 'topic {string} has {int} event(s)[ {selection}] matching:',
    given: events,
    right: `topic "audit" has 2 events matching:${docString('{ "type": "x" }')}`,
    wrong: `topic "audit" has 1 event matching:${docString('{ "type": "x" }')}`,
  },
  {
    phrase: 'topic {string} has {int} event(s)[ {selection}] matching file {string}',
    given: events,
    right: 'topic "audit" has 1 event matching file "event.json"',
    wrong: 'topic "audit" has 2 events matching file "event.json"',
  },
  {
    phrase: 'topic {string} has {int} event(s)[ {selection}] like:',
    given: events,
    right: 'topic "audit" has 1 event with key "a" like:\n| value.type |\n| x |',
    wrong: 'topic "audit" has 1 event like:\n| value.type |\n| x |',
  },
  {
    phrase: 'topic {string} has no events[ {selection}]',
    given: event,
    right: 'topic "audit" has no events with key "other"',
    wrong: 'topic "audit" has no events',
  },
  {
    phrase: 'topic {string} has no event[ {selection}] matching:',
    given: events,
    right: `topic "audit" has no event with key "b" matching:${docString('{ "n": 1 }')}`,
    wrong: `topic "audit" has no event with key "a" matching:${docString('{ "n": 1 }')}`,
  },
  {
    phrase: 'topic {string} has no event[ {selection}] matching file {string}',
    given: event,
    right: 'topic "audit" has no event matching file "event.json"',
    wrongGiven: events,
    wrong: 'topic "audit" has no event matching file "event.json"',
  },
  {
    phrase: 'topic {string} has no event[ {selection}] like:',
    given: events,
    right: 'topic "audit" has no event like:\n| key | value.n |\n| a | 2 |',
    wrong: 'topic "audit" has no event like:\n| key | value.n |\n| a | 1 |',
  },
  {
    phrase: 'topic {string} has events[ {selection}][ {layout}]:',
    given: event,
    right: 'topic "audit" has events:\n| key | value.n |\n| k | 1 |',
    wrong: 'topic "audit" has events:\n| key | value.n |\n| k | 2 |',
  },
  {
    phrase: 'topic {string} has events[ {selection}] as {format}:',
    given: events,
    right: `topic "audit" has events as JSON:${docString('[{ "key": "a", "value": { "n": 1 } }]')}`,
    wrong: `topic "audit" has events as YAML:${docString('- key: a\n  value: { n: 2 }')}`,
  },
  {
    phrase: 'topic {string} has events[ {selection}] from file {string}',
    given: events,
    right: 'topic "audit" has events from file "events.csv"',
    wrong: 'topic "audit" has events with key "b" from file "events.csv"',
  },
  {
    phrase: 'topic {string} has events[ {selection}] in order[ {layout}]:',
    given: `${events}\n${event}`,
    right: 'topic "audit" has events in order as columns:\n| key | a | k |',
    wrong: 'topic "audit" has events in order:\n| key |\n| k |\n| a |',
  },
  {
    phrase: 'topic {string} has events[ {selection}] in order as {format}:',
    given: events,
    right: `topic "audit" has events in order as CSV:${docString('key\na\nb')}`,
    wrong: `topic "audit" has events in order as CSV:${docString('key\nb\na')}`,
  },
  {
    phrase: 'topic {string} has events[ {selection}] in order from file {string}',
    given: events,
    right: 'topic "audit" has events in order from file "events.csv"',
    wrongGiven: backwards,
    wrong: 'topic "audit" has events in order from file "events.csv"',
  },
  {
    phrase: 'topic {string} has only these events[ {selection}][ {layout}]:',
    given: `${event}\n${event}`,
    right: 'topic "audit" has only these events:\n| key |\n| k |\n| k |',
    wrong: 'topic "audit" has only these events:\n| key |\n| k |',
  },
  {
    phrase: 'topic {string} has only these events[ {selection}] as {format}:',
    given: events,
    right: `topic "audit" has only these events as CSV:${docString('key\nb\na')}`,
    wrong: `topic "audit" has only these events as CSV:${docString('key\nb')}`,
  },
  {
    phrase: 'topic {string} has only these events[ {selection}] from file {string}',
    given: backwards,
    right: 'topic "audit" has only these events from file "events.csv"',
    wrongGiven: `${events}\n${event}`,
    wrong: 'topic "audit" has only these events from file "events.csv"',
  },
  {
    phrase: 'topic {string} has only these events[ {selection}] in order[ {layout}]:',
    given: 'When topic "audit" receives events:\n| key | value.n |\n| k | 1 |\n| k | 2 |',
    right: 'topic "audit" has only these events in order:\n| value.n |\n| 1 |\n| 2 |',
    wrong: 'topic "audit" has only these events in order:\n| value.n |\n| 2 |\n| 1 |',
  },
  {
    phrase: 'topic {string} has only these events[ {selection}] in order as {format}:',
    given: `${events}\n${event}`,
    right: `topic "audit" has only these events with key "a" in order as CSV:${docString('value.n\n1')}`,
    wrong: `topic "audit" has only these events in order as CSV:${docString('key\na\nb')}`,
  },
  {
    phrase: 'topic {string} has only these events[ {selection}] in order from file {string}',
    given: events,
    right: 'topic "audit" has only these events in order from file "events.csv"',
    wrongGiven: backwards,
    wrong: 'topic "audit" has only these events in order from file "events.csv"',
  },
  {
    phrase: 'each event[ {selection}] of topic {string} matches:',
    given: events,
    right: `each event of topic "audit" matches:${docString('{ "type": "x" }')}`,
    wrong: `each event of topic "audit" matches:${docString('{ "n": 1 }')}`,
  },
  {
    phrase: 'each event[ {selection}] of topic {string} has its own {string}',
    given: events,
    right: 'each event of topic "audit" has its own "value.n"',
    wrong: 'each event of topic "audit" has its own "value.type"',
  },
  {
    phrase: 'topic {string} has no duplicate events[ {selection}]',
    given: events,
    right: 'topic "audit" has no duplicate events',
    wrongGiven: `${event}\n${event}`,
    wrong: 'topic "audit" has no duplicate events',
  },
  {
    phrase: 'topic {string} has events[ {selection}] on {int} partition(s)',
    given: parted,
    right: 'topic "parted" has events on 2 partitions',
    wrong: 'topic "parted" has events on 1 partition',
  },
  {
    phrase: 'topic {string} has the events of each key on one partition',
    given: `${parted}\n| b | y | 1 |`,
    right: 'topic "parted" has the events of each key on one partition',
    wrongGiven: `${parted}\n| a | y | 1 |`,
    wrong: 'topic "parted" has the events of each key on one partition',
  },
  {
    phrase: 'dead-letter topic {string} has the event[ {selection}] of topic {string}',
    given: `${event}\nWhen topic "dlq" receives the published event 1 more time`,
    right: 'dead-letter topic "dlq" has the event with key "k" of topic "audit"',
    wrongGiven: `${event}\nWhen topic "dlq" receives an event with key "k":${docString('{ "n": 2 }')}`,
    wrong: 'dead-letter topic "dlq" has the event of topic "audit"',
  },
  {
    phrase: 'dead-letter topic {string} has the event[ {selection}] of topic {string} with headers:',
    given: `${event}\nWhen topic "dlq" receives an event with key "k" and header "error" "no":${docString('{ "n": 1 }')}`,
    right:
      'dead-letter topic "dlq" has the event of topic "audit" with headers:\n| name | value |\n| error | #string |',
    wrong:
      'dead-letter topic "dlq" has the event of topic "audit" with headers:\n| name | value |\n| error | yes |',
  },
  {
    phrase: 'topic {string} has an event of schema {string}[ {selection}]',
    given: encoded,
    right: 'topic "encoded" has an event of schema "N" with key "k"',
    wrong: 'topic "encoded" has an event of schema "M" with key "k"',
  },
  {
    phrase: 'the events of topic {string}[ {selection}] conform to schema {string}',
    given: encoded,
    right: 'the events of topic "encoded" conform to schema "n.avsc"',
    wrong: 'the events of topic "encoded" conform to schema "m.avsc"',
  },
  {
    phrase: 'schema {string} is compatible with subject {string}',
    given: registered,
    right: 'schema "n2.avsc" is compatible with subject "encoded-value"',
    wrong: 'schema "m.avsc" is compatible with subject "encoded-value"',
  },
  {
    phrase: 'schema {string} is {compatibility} compatible with subject {string}',
    given: registered,
    right: 'schema "n2.avsc" is fully compatible with subject "encoded-value"',
    wrong: 'schema "m.avsc" is backward compatible with subject "encoded-value"',
  },
  {
    phrase: 'subject {string} has {int} version(s)',
    given: registered,
    right: 'subject "encoded-value" has 1 version',
    wrong: 'subject "encoded-value" has 2 versions',
  },
  {
    phrase: 'consumer group {string} has caught up[ on topic {string}]',
    given: 'Given topic "slow" exists with 1 partition',
    right: 'consumer group "slow" has caught up',
    wrongGiven: `When topic "slow" receives an event:${docString('x')}`,
    wrong: 'consumer group "slow" has caught up on topic "slow"',
  },
  {
    phrase: 'cache key {string} is {literal}',
    given: key,
    right: 'cache key "k" is "v"',
    wrong: 'cache key "k" is "w"',
  },
  {
    phrase: 'cache key {string} matches:',
    given: expiring,
    right: `cache key "k" matches:${docString('{ "n": 1 }')}`,
    wrong: `cache key "k" matches:${docString('{ "n": 2 }')}`,
  },
  {
    phrase: 'cache key {string} is absent',
    given: key,
    right: 'cache key "x" is absent',
    wrong: 'cache key "k" is absent',
  },
  {
    phrase: 'cache key {string} expires within {duration}',
    given: expiring,
    right: 'cache key "k" expires within 1 minute',
    wrong: 'cache key "k" expires within 1 second',
  },
  {
    phrase: 'cache key {string} never expires',
    given: `${key}\nGiven cache key "short" expiring in 60 seconds is set to:${docString('x')}`,
    right: 'cache key "k" never expires',
    wrong: 'cache key "short" never expires',
  },
  {
    phrase: 'the cache has {int} key(s)[ like {string}]',
    given: key,
    right: 'the cache has 1 key like "k*"',
    wrong: 'the cache has 2 keys like "k*"',
  },
  {
    phrase: 'cache key {string} holds bytes {string}',
    given: 'Given cache key "k" is set to bytes "0x00ff"',
    right: 'cache key "k" holds bytes "base64:AP8="',
    wrong: 'cache key "k" holds bytes "0x00fe"',
  },
  {
    phrase: 'cache key {string} is exactly:',
    given: expiring,
    right: `cache key "k" is exactly:${docString('{"n":1.0}')}`,
    wrong: `cache key "k" is exactly:${docString('{}')}`,
  },
  {
    phrase: 'cache key {string} has {parts}:',
    given: hash,
    right: 'cache key "k" has fields:\n| field | value |\n| n | 1 |',
    wrong: 'cache key "k" has fields:\n| field | value |\n| n | 2 |',
  },
  {
    phrase: 'cache key {string} has {parts} in order:',
    given: items,
    right: 'cache key "k" has items in order:\n| item |\n| a |\n| c |',
    wrong: 'cache key "k" has items in order:\n| item |\n| c |\n| a |',
  },
  {
    phrase: 'cache key {string} has only these {parts}:',
    given: 'Given cache key "k" receives members:\n| member |\n| a |\n| b |',
    right: 'cache key "k" has only these members:\n| member |\n| b |\n| a |',
    wrong: 'cache key "k" has only these members:\n| member |\n| a |',
  },
  {
    phrase: 'cache key {string} has only these {parts} in order:',
    given: 'Given cache key "k" receives members:\n| member | score |\n| a | 2 |\n| b | 1 |',
    right: 'cache key "k" has only these members in order:\n| member | score |\n| b | 1 |\n| a | 2.0 |',
    wrong: 'cache key "k" has only these members in order:\n| member |\n| a |\n| b |',
  },
  {
    phrase: 'cache key {string} has no {parts} like:',
    given: stream,
    right: 'cache key "k" has no entries like:\n| type |\n| deleted |',
    wrong: 'cache key "k" has no entries like:\n| type |\n| created |',
  },
  {
    phrase: 'cache key {string} has {int} {parts}',
    given: stream,
    right: 'cache key "k" has 1 entry',
    wrong: 'cache key "k" has 2 entries',
  },
  {
    phrase: 'cache key {string} is a {keyType}',
    given: hash,
    right: 'cache key "k" is a hash',
    wrong: 'cache key "k" is a sorted set',
  },
  {
    phrase: 'cache key {string} exists',
    given: key,
    right: 'cache key "k" exists',
    wrong: 'cache key "x" exists',
  },
  {
    phrase: 'cache key {string} expires in {window}',
    given: expiring,
    right: 'cache key "k" expires in 30 to 60 seconds',
    wrong: 'cache key "k" expires in 2 to 3 minutes',
  },
  {
    phrase: 'cache key {string} has expired',
    given: `Given cache key "k" expiring in 1 ms is set to "v"\nThen within 5 seconds cache key "k" is absent`,
    right: 'cache key "k" has expired',
    wrongGiven: `${expiring}\nGiven cache key "k" is removed`,
    wrong: 'cache key "k" has expired',
  },
  {
    phrase: 'the cache has no keys[ like {string}]',
    given: key,
    right: 'the cache has no keys like "x*"',
    wrong: 'the cache has no keys',
  },
  {
    phrase: 'the cache has keys:',
    given: expiring,
    right: 'the cache has keys:\n| key | type | value.n |\n| k | string | 1 |',
    wrong: 'the cache has keys:\n| key | value.n |\n| k | 2 |',
  },
  {
    phrase: 'the cache has only these keys:',
    given: key,
    right: 'the cache has only these keys:\n| key |\n| k |',
    wrongGiven: `${key}\nGiven cache key "l" is set to 1`,
    wrong: 'the cache has only these keys:\n| key |\n| k |',
  },
  {
    phrase: 'cache key {string} equals the row of table {string}[ of {database}] where:',
    given: `${row}\nGiven cache key "k" is set to:${docString('{ "Name": "ada", "other": 1 }')}`,
    right: 'cache key "k" equals the row of table "people" where:\n| name |\n| ada |',
    wrongGiven: `${row}\nGiven cache key "k" is set to:${docString('{ "name": "eve" }')}`,
    wrong: 'cache key "k" equals the row of table "people" where:\n| name |\n| ada |',
  },
  {
    phrase: 'consumer group {string} of cache key {string} has caught up',
    given: 'Given consumer group "g" of cache key "k" exists',
    right: 'consumer group "g" of cache key "k" has caught up',
    wrongGiven: `Given consumer group "g" of cache key "k" exists\n${stream}`,
    wrong: 'consumer group "g" of cache key "k" has caught up',
  },
  {
    phrase: 'the last read of cache key {string} was a hit',
    given: `Given reads of the cache are watched\n${key}\nWhen I send GET "/cached"`,
    right: 'the last read of cache key "k" was a hit',
    wrongGiven: 'Given reads of the cache are watched\nWhen I send GET "/cached"',
    wrong: 'the last read of cache key "k" was a hit',
  },
  {
    phrase: 'the last read of cache key {string} was a miss',
    given: 'Given reads of the cache are watched\nWhen I send GET "/cached"',
    right: 'the last read of cache key "k" was a miss',
    wrongGiven: `Given reads of the cache are watched\n${key}\nWhen I send GET "/cached"`,
    wrong: 'the last read of cache key "k" was a miss',
  },
  {
    phrase: 'cache key {string} was read {int} time(s)',
    given: `Given reads of the cache are watched\n${key}\nWhen I send GET "/cached"`,
    right: 'cache key "k" was read 1 time',
    wrong: 'cache key "k" was read 0 times',
  },
  {
    phrase: 'channel {string} has a message:',
    given: message,
    right: `channel "c" has a message:${docString('{ "n": 1 }')}`,
    wrong: `channel "c" has a message:${docString('{ "n": 2 }')}`,
  },
  {
    phrase: 'channel {string} has messages:',
    given: message,
    right: 'channel "c" has messages:\n| message.n |\n| 1 |',
    wrong: 'channel "c" has messages:\n| message.n |\n| 2 |',
  },
  {
    phrase: 'channel {string} has only these messages in order:',
    given: message,
    right: 'channel "c" has only these messages in order:\n| message |\n| {"n":1} |\n| plain |',
    wrong: 'channel "c" has only these messages in order:\n| message |\n| plain |\n| {"n":1} |',
  },
  {
    phrase: 'channel {string} has {int} message(s)',
    given: message,
    right: 'channel "c" has 2 messages',
    wrong: 'channel "c" has 1 message',
  },
  {
    phrase: 'channel {string} has no messages',
    given: 'Given channel "c" is listened to',
    right: 'channel "c" has no messages',
    wrongGiven: message,
    wrong: 'channel "c" has no messages',
  },
  {
    phrase: 'channels like {string} have a message:',
    given: patterned,
    right: `channels like "c*" have a message:${docString('{ "n": 1 }')}`,
    wrong: `channels like "c*" have a message:${docString('{ "n": 2 }')}`,
  },
  {
    phrase: 'channels like {string} have messages:',
    given: patterned,
    right: 'channels like "c*" have messages:\n| channel | message |\n| c2 | plain |',
    wrong: 'channels like "c*" have messages:\n| channel | message |\n| c1 | plain |',
  },
  {
    phrase: 'channels like {string} have only these messages in order:',
    given: patterned,
    right: 'channels like "c*" have only these messages in order:\n| channel |\n| c1 |\n| c2 |',
    wrong: 'channels like "c*" have only these messages in order:\n| channel |\n| c2 |\n| c1 |',
  },
  {
    phrase: 'channels like {string} have {int} message(s)',
    given: patterned,
    right: 'channels like "c*" have 2 messages',
    wrong: 'channels like "c*" have 3 messages',
  },
  {
    phrase: 'channels like {string} have no messages',
    given: 'Given channels like "c*" are listened to',
    right: 'channels like "c*" have no messages',
    wrongGiven: patterned,
    wrong: 'channels like "c*" have no messages',
  },
  {
    phrase: 'variable {string} is {literal}',
    given: 'Given variable "a" is set to 1',
    right: 'variable "a" is 1',
    wrong: 'variable "a" is 2',
  },
  {
    phrase: 'outside service {stub} received {int} call(s)',
    given: call,
    right: 'outside service payments received 1 call',
    wrong: 'outside service payments received 2 calls',
  },
  {
    phrase: 'outside service {stub} received {int} call(s) like:',
    given: call,
    right: `outside service payments received 1 call like:${docString('{ "path": "/charge" }')}`,
    wrong: `outside service payments received 1 call like:${docString('{ "path": "/refund" }')}`,
  },
  {
    phrase: 'outside service {stub} received no calls',
    right: 'outside service payments received no calls',
    wrongGiven: call,
    wrong: 'outside service payments received no calls',
  },
  {
    phrase: 'outside service {stub} received no calls like:',
    given: call,
    right: `outside service payments received no calls like:${docString('{ "path": "/refund" }')}`,
    wrong: `outside service payments received no calls like:${docString('{ "path": "/charge" }')}`,
  },
  {
    phrase: 'outside service {stub} received these calls in order:',
    given: `Given outside service payments responds with 404\n${call}`,
    right: 'outside service payments received these calls in order:\n| path | status |\n| /charge | 404 |',
    wrong: 'outside service payments received these calls in order:\n| path | status |\n| /charge | 200 |',
  },
  {
    phrase: 'outside service {stub} received only these calls in order:',
    given: `${call}\n${call}`,
    right: 'outside service payments received only these calls in order:\n| path |\n| /charge |\n| /charge |',
    wrong: 'outside service payments received only these calls in order:\n| path |\n| /charge |',
  },
  {
    phrase: 'the calls of outside service {stub} came at least {duration} apart',
    given: `${call}\n${call}`,
    right: 'the calls of outside service payments came at least 0 ms apart',
    wrong: 'the calls of outside service payments came at least 1 minute apart',
  },
  {
    phrase: 'outside service {stub} received a call like:',
    given: call,
    right: `outside service payments received a call like:${docString('{ "method": "GET", "path": "/charge" }')}`,
    wrong: `outside service payments received a call like:${docString('{ "method": "POST" }')}`,
  },
  {
    phrase: 'these agree:',
    given: `${get}\nGiven table "counted" receives rows:\n| n | m |\n| 7 | 1 |\n${event}\n${expiring}`,
    right:
      'these agree:\n| where | n |\n| the response | n |\n| table "counted" with n 1 | n |\n| topic "audit" with key k | value.n |\n| cache key "k" | n |',
    wrong: 'these agree:\n| where | n |\n| the response | n |\n| table "counted" with n 7 | n |',
  },
];
