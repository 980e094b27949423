import type { DataTable } from '@cucumber/cucumber';
import type { RowsMode } from '../support/matching';
import type { TableFormat } from '../support/tables';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { expectDeadLetters } from '../world/dead-letters';
import type { Criteria, Criterion } from '../world/event-criteria';
import {
  expectBytes,
  expectCount,
  expectCountLike,
  expectEachEvent,
  expectEvent,
  expectText,
  expectTombstone,
  jsonBelow,
  jsonOfFile,
} from '../world/event-expectations';
import { EventLook, followTopic } from '../world/event-look';
import { eventsLike, expectEventRows } from '../world/event-rows';
import {
  expectKeysKeptTogether,
  expectNoDuplicates,
  expectPartitions,
  expectUniqueEvents,
} from '../world/event-uniqueness';
import { valueOfEvent } from '../world/event-values';
import { expectJson, fail } from '../world/expectations';
import { pairsOf } from '../world/http-tables';
import { bytesFrom } from '../world/outgoing-events';
import { expectedRows, type RowsSource } from '../world/step-tables';
import { stepsUsing } from './define';

const { action, assertion } = stepsUsing('kafka');

const prepare = followTopic;

assertion(
  'the published event matches:',
  {
    doc: 'Where the last published event lies: `topic`, `partition`, `offset`.',
    examples: [
      'Then the published event matches:\n  """\n  { "topic": "order_events", "partition": "#number", "offset": 0 }\n  """',
    ],
  },
  function (this: AcceptanceWorld, expected: string) {
    const { published } = this.remembered;
    if (published === undefined)
      return fail('no event was published yet; say before: When topic "..." receives an event:');
    expectJson(this, expected, published, { what: 'the published event', mode: 'contains' });
  },
);

assertion(
  'topic {string} has an event[ {selection}]:',
  {
    prepare,
    doc: 'One of the events of this scenario has a value with at least these fields. Markers may capture.',
    examples: [
      'Then within 5 seconds topic "order_events" has an event with key "${orderId}":\n  """\n  { "type": "order_created" }\n  """',
      'Then topic "order_events" has an event with header "event-type" "order_created" where "value.items[0].sku" is "sku-01":\n  """\n  { "orderId": "#uuid as orderId" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, expected: string) {
    expectEvent(await EventLook.at(this, topic, criteria), jsonBelow(expected));
  },
);

assertion(
  'topic {string} has an event[ {selection}] from file {string}',
  {
    prepare,
    doc: 'As with JSON written in the step; the file lies in the test data folder (`testDataDir`).',
    examples: ['Then topic "order_events" has an event with key "a" from file "order-created.json"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, file: string) {
    expectEvent(await EventLook.at(this, topic, criteria), jsonOfFile(this, file));
  },
);

assertion(
  'topic {string} has an event[ {selection}] that is exactly:',
  {
    prepare,
    doc: 'One of the events of this scenario has a value with these fields and no others, at every level; or is that text.',
    examples: [
      'Then topic "order_events" has an event with key "a" that is exactly:\n  """\n  { "type": "order_created", "orderId": "#uuid" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, expected: string) {
    expectEvent(await EventLook.at(this, topic, criteria), jsonBelow(expected, 'exactly'));
  },
);

assertion(
  'topic {string} has an event[ {selection}] that is exactly the file {string}',
  {
    prepare,
    doc: 'As above, with the JSON of a file in the test data folder (`testDataDir`).',
    examples: ['Then topic "order_events" has an event that is exactly the file "order-created.json"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, file: string) {
    expectEvent(await EventLook.at(this, topic, criteria), jsonOfFile(this, file, 'exactly'));
  },
);

assertion(
  'topic {string} has an event {selection}',
  {
    prepare,
    doc: 'One of the events of this scenario has this key, header, partition, or value at a path. A value may be a marker, which may capture.',
    examples: [
      'Then topic "order_events" has an event with header "trace" "#uuid as traceId"',
      'Then topic "order_events" has an event with key "a" where "value.total" is 25',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: readonly Criterion[]) {
    expectEvent(await EventLook.at(this, topic, criteria));
  },
);

assertion(
  'topic {string} has an event[ {selection}] of bytes {string}',
  {
    prepare,
    doc: 'The value of one of the events of this scenario are just these bytes, written in hexadecimal digits or base64.',
    examples: ['Then topic "pictures" has an event with key "a" of bytes "0x89504e47"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, bytes: string) {
    expectBytes(await EventLook.at(this, topic, criteria), bytesFrom(bytes), bytes);
  },
);

assertion(
  'topic {string} has an event[ {selection}] of text:',
  {
    prepare,
    doc: 'The value of one of the events of this scenario is just this text, `${...}` filled: for values that are no JSON, and for JSON as it is written.',
    examples: ['Then topic "logs" has an event with key "a" of text:\n  """\n  started in 5 ms\n  """'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, text: string) {
    const expected = this.variables.text(text, 'the text of this step');
    expectText(await EventLook.at(this, topic, criteria), expected);
  },
);

assertion(
  'topic {string} has a tombstone[ {selection}]',
  {
    prepare,
    doc: 'One of the events of this scenario has no value at all: it deletes what was said of its key.',
    examples: ['Then within 5 seconds topic "prices" has a tombstone with key "sku-01"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria) {
    expectTombstone(await EventLook.at(this, topic, criteria));
  },
);

assertion(
  'topic {string} has {int} event(s)[ {selection}]',
  {
    prepare,
    doc: 'How many events of this scenario the topic has: just so many.',
    examples: [
      'Then for 1 second topic "order_events" has 1 event',
      'Then topic "order_events" has 2 events with key "a"',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, count: number, criteria: Criteria) {
    expectCount(await EventLook.at(this, topic, criteria), count);
  },
);

assertion(
  'topic {string} has {int} event(s)[ {selection}] matching:',
  {
    prepare,
    doc: 'Just so many events of this scenario have a value with at least these fields.',
    examples: [
      'Then topic "order_events" has 2 events with key "a" matching:\n  """\n  { "type": "order_created" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, count: number, criteria: Criteria, expected: string) {
    expectCount(await EventLook.at(this, topic, criteria), count, jsonBelow(expected));
  },
);

assertion(
  'topic {string} has {int} event(s)[ {selection}] matching file {string}',
  {
    prepare,
    doc: 'As above; the file lies in the test data folder (`testDataDir`).',
    examples: ['Then topic "order_events" has 2 events matching file "order-created.json"'],
  },
  async function (this: AcceptanceWorld, topic: string, count: number, criteria: Criteria, file: string) {
    expectCount(await EventLook.at(this, topic, criteria), count, jsonOfFile(this, file));
  },
);

assertion(
  'topic {string} has {int} event(s)[ {selection}] like:',
  {
    prepare,
    doc: 'Just so many events of this scenario match any row of the table.',
    examples: ['Then topic "order_events" has 3 events like:\n  | value.type    |\n  | order_created |'],
  },
  async function (this: AcceptanceWorld, topic: string, count: number, criteria: Criteria, table: DataTable) {
    await expectLike(this, topic, criteria, { count, table });
  },
);

assertion(
  'topic {string} has no events[ {selection}]',
  {
    prepare,
    doc: 'The topic got nothing in this scenario. Say for how long: `for 1 second ...`.',
    examples: [
      'Then for 1 second topic "order_events.dlq" has no events',
      'Then for 1 second topic "order_events" has no events with key "a"',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria) {
    expectCount(await EventLook.at(this, topic, criteria), 0);
  },
);

assertion(
  'topic {string} has no event[ {selection}] matching:',
  {
    prepare,
    doc: 'No event of this scenario has a value with at least these fields. Say for how long: `for 1 second ...`.',
    examples: [
      'Then for 1 second topic "order_events" has no event matching:\n  """\n  { "type": "order_cancelled" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, expected: string) {
    expectCount(await EventLook.at(this, topic, criteria), 0, jsonBelow(expected));
  },
);

assertion(
  'topic {string} has no event[ {selection}] matching file {string}',
  {
    prepare,
    doc: 'As above; the file lies in the test data folder (`testDataDir`).',
    examples: ['Then for 1 second topic "order_events" has no event matching file "order-cancelled.json"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, file: string) {
    expectCount(await EventLook.at(this, topic, criteria), 0, jsonOfFile(this, file));
  },
);

assertion(
  'topic {string} has no event[ {selection}] like:',
  {
    prepare,
    doc: 'No event of this scenario matches any row of the table. Say for how long: `for 1 second ...`.',
    examples: [
      'Then for 1 second topic "order_events" has no event like:\n  | key | value.type      |\n  | a   | order_cancelled |',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, table: DataTable) {
    await expectLike(this, topic, criteria, { count: 0, table });
  },
);

/** What the events may be asserted to be, in words. */
const eventsAsserted: ReadonlyArray<{
  readonly words: string;
  readonly order: string;
  readonly mode: RowsMode;
  readonly doc: string;
}> = [
  {
    words: 'events',
    order: '',
    mode: 'contains',
    doc: 'An event of this scenario for each row, in any order; there may be others. Columns are paths: `key`, `value.orderId`, `headers.trace`, `partition`.',
  },
  {
    words: 'events',
    order: ' in order',
    mode: 'in order',
    doc: 'An event of this scenario for each row, in this order; others may come between. Certain is the order of one partition, and so of one key.',
  },
  {
    words: 'only these events',
    order: '',
    mode: 'only',
    doc: 'The events of this scenario, or those of them that are meant, are these and no others, in any order.',
  },
  {
    words: 'only these events',
    order: ' in order',
    mode: 'only in order',
    doc: 'The events of this scenario, or those of them that are meant, are these and no others, in this order. Certain is the order of one partition, and so of one key.',
  },
];

for (const { words, order, mode, doc } of eventsAsserted) {
  assertion(
    `topic {string} has ${words}[ {selection}]${order}[ {layout}]:`,
    {
      prepare,
      doc,
      examples: [
        `Then within 5 seconds topic "stock_events" has ${words}${order}:\n  | key        | value.type     |\n  | \${orderId} | stock_reserved |`,
        `Then topic "stock_events" has ${words} with key "a"${order}:\n  | value.n |\n  | 1       |\n  | 2       |`,
      ],
    },
    async function (
      this: AcceptanceWorld,
      topic: string,
      criteria: Criteria,
      layout: string | undefined,
      table: DataTable,
    ) {
      await expectRowsOf(this, topic, criteria, { table, layout }, mode);
    },
  );

  assertion(
    `topic {string} has ${words}[ {selection}]${order} as {format}:`,
    {
      prepare,
      doc: `${doc} They are written as CSV, JSON or YAML; a field that a row lacks there is not looked at.`,
      examples: [
        `Then topic "stock_events" has ${words}${order} as JSON:\n  """\n  [{ "key": "a", "value": { "type": "stock_reserved" } }]\n  """`,
      ],
    },
    async function (
      this: AcceptanceWorld,
      topic: string,
      criteria: Criteria,
      format: TableFormat,
      text: string,
    ) {
      await expectRowsOf(this, topic, criteria, { text, format }, mode);
    },
  );

  assertion(
    `topic {string} has ${words}[ {selection}]${order} from file {string}`,
    {
      prepare,
      doc: `${doc} They are those of a file in the test data folder (\`testDataDir\`).`,
      examples: [`Then topic "stock_events" has ${words}${order} from file "reservations.csv"`],
    },
    async function (this: AcceptanceWorld, topic: string, criteria: Criteria, file: string) {
      await expectRowsOf(this, topic, criteria, { file }, mode);
    },
  );
}

assertion(
  'each event[ {selection}] of topic {string} matches:',
  {
    prepare: followSecond,
    doc: 'Every event of this scenario has a value with at least these fields. No event at all fails: nothing could be said of it.',
    examples: [
      'Then each event with key "a" of topic "order_events" matches:\n  """\n  { "orderId": "#uuid", "total": "#? _ > 0" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, criteria: Criteria, topic: string, expected: string) {
    expectEachEvent(await EventLook.at(this, topic, criteria), jsonBelow(expected));
  },
);

assertion(
  'each event[ {selection}] of topic {string} has its own {string}',
  {
    prepare: followSecond,
    doc: 'No two events of this scenario have the same at that path: `key`, `value.eventId`, `headers.id`. No event at all fails.',
    examples: ['Then each event of topic "order_events" has its own "value.eventId"'],
  },
  async function (this: AcceptanceWorld, criteria: Criteria, topic: string, path: string) {
    expectUniqueEvents(await EventLook.at(this, topic, criteria), path);
  },
);

assertion(
  'topic {string} has no duplicate events[ {selection}]',
  {
    prepare,
    doc: 'No two events of this scenario have the same key and the same value, byte for byte.',
    examples: ['Then for 1 second topic "order_events" has no duplicate events'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria) {
    expectNoDuplicates(await EventLook.at(this, topic, criteria));
  },
);

assertion(
  'topic {string} has events[ {selection}] on {int} partition(s)',
  {
    prepare,
    doc: 'On how many partitions the events of this scenario lie.',
    examples: [
      'Then topic "order_events" has events on 3 partitions',
      'Then topic "order_events" has events with key "a" on 1 partition',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, count: number) {
    expectPartitions(await EventLook.at(this, topic, criteria), count);
  },
);

assertion(
  'topic {string} has the events of each key on one partition',
  {
    prepare,
    doc: 'Events of this scenario with the same key lie on the same partition, so that they stay in order.',
    examples: ['Then topic "order_events" has the events of each key on one partition'],
  },
  async function (this: AcceptanceWorld, topic: string) {
    expectKeysKeptTogether(await EventLook.at(this, topic));
  },
);

for (const withHeaders of [false, true]) {
  const headers = withHeaders ? ' with headers:' : '';
  const exampleTable =
    '\n  | name           | value                   |\n  | original-topic | #regex .*order_events   |\n  | error          | #string                 |';
  assertion(
    `dead-letter topic {string} has the event[ {selection}] of topic {string}${headers}`,
    {
      async prepare(this: AcceptanceWorld, topic: string, _criteria: Criteria, original: string) {
        await followTopic.call(this, topic);
        await followTopic.call(this, original);
      },
      doc: `Each event of this scenario that is meant came to the dead-letter topic as it was: with the same key and value${withHeaders ? ', and with these headers, by name and value, which may be markers' : ''}.`,
      examples: [
        `Then within 5 seconds dead-letter topic "order_events.dlq" has the event with key "poison" of topic "order_events"${headers}${withHeaders ? exampleTable : ''}`,
      ],
    },
    async function (
      this: AcceptanceWorld,
      topic: string,
      criteria: Criteria,
      original: string,
      table: DataTable,
    ) {
      const originals = await EventLook.at(this, original, criteria);
      const deadLetters = await EventLook.at(this, topic);
      // the runner hands over a callback where there is no table
      const pairs = withHeaders ? pairsOf(this, table, 'the table of headers') : [];
      expectDeadLetters(originals, deadLetters, pairs);
    },
  );
}

assertion(
  'consumer group {string} has caught up[ on topic {string}]',
  {
    doc: 'The group has read everything on every partition that it consumes. A failure names each partition where it is behind.',
    examples: [
      'Then within 5 seconds consumer group "inventory" has caught up',
      'Then within 5 seconds consumer group "inventory" has caught up on topic "order_events"',
    ],
  },
  async function (this: AcceptanceWorld, group: string, topic?: string) {
    const lags = await this.events.lagsOf(group, topic);
    if (lags.length > 0) fail(`group "${group}" is behind: ${lags.join('; ')}`);
  },
);

action(
  'I remember {string} of the event[ {selection}] of topic {string} as {string}',
  {
    doc: 'Keeps a part of the one event of this scenario that is meant as a variable: `key`, `value.orderId`, `headers.trace`, `partition`, `value`. Several such events fail the step.',
    examples: [
      'When I remember "value.orderId" of the event with key "a" of topic "order_events" as "orderId"',
    ],
  },
  async function (this: AcceptanceWorld, path: string, criteria: Criteria, topic: string, variable: string) {
    this.variables.set(variable, valueOfEvent(await EventLook.at(this, topic, criteria), path, 'only'));
  },
);

action(
  'I remember {string} of the last event[ {selection}] of topic {string} as {string}',
  {
    doc: 'As above, of the last of them.',
    examples: ['When I remember "value" of the last event of topic "order_events" as "event"'],
  },
  async function (this: AcceptanceWorld, path: string, criteria: Criteria, topic: string, variable: string) {
    this.variables.set(variable, valueOfEvent(await EventLook.at(this, topic, criteria), path, 'last'));
  },
);

async function followSecond(this: AcceptanceWorld, _criteria: Criteria, topic: string): Promise<void> {
  await followTopic.call(this, topic);
}

async function expectRowsOf(
  world: AcceptanceWorld,
  topic: string,
  criteria: Criteria,
  source: RowsSource,
  mode: RowsMode,
): Promise<void> {
  expectEventRows(await EventLook.at(world, topic, criteria), await expectedRows(world, source), mode);
}

async function expectLike(
  world: AcceptanceWorld,
  topic: string,
  criteria: Criteria,
  { count, table }: { readonly count: number; readonly table: DataTable },
): Promise<void> {
  const look = await EventLook.at(world, topic, criteria);
  const rows = await expectedRows(world, { table, layout: undefined });
  expectCountLike(look, eventsLike(look, rows), count);
}
