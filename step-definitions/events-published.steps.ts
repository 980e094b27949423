import type { DataTable } from '@cucumber/cucumber';
import type { OutgoingEvent } from '../support/clients';
import type { TableFormat, TextTable } from '../support/tables';
import type { AcceptanceWorld } from '../world/acceptance-world';
import type { Criteria, Criterion } from '../world/event-criteria';
import { fail } from '../world/expectations';
import { pairsOf } from '../world/http-tables';
import {
  addressFrom,
  bytesFrom,
  headersFrom,
  numberedEvents,
  outgoingFrom,
  tombstoneFrom,
  valueFiller,
  valueFrom,
} from '../world/outgoing-events';
import { publishEvents } from '../world/published-events';
import { type RowsSource, writtenRows } from '../world/step-tables';
import { stepsUsing } from './define';

const { action, setup } = stepsUsing('kafka');

setup(
  'topic {string} exists with {int} partition(s)',
  {
    doc: 'Creates the topic unless it exists. Topics stay from scenario to scenario: one that exists with another number of partitions fails the step.',
    examples: ['Given topic "payments" exists with 3 partitions'],
  },
  async function (this: AcceptanceWorld, topic: string, partitions: number) {
    await this.events.createTopic(topic, partitions);
  },
);

setup(
  'the next event has headers:',
  {
    doc: 'Headers of what the next step publishes, by name and value. A name may come more than once. What that step says of a header itself goes before.',
    examples: [
      'Given the next event has headers:\n  | name       | value         |\n  | trace      | ${traceId}    |\n  | event-type | order_created |',
    ],
  },
  function (this: AcceptanceWorld, table: DataTable) {
    const headers = headersFrom(pairsOf(this, table, 'the table of headers'));
    this.remembered.nextHeaders = { ...this.remembered.nextHeaders, ...headers };
  },
);

setup(
  'the next event has the key:',
  {
    doc: 'The key of what the next step publishes, of however many events: the text as it stands, `${...}` filled, as JSON if you like. A key in that step itself goes before.',
    examples: ['Given the next event has the key:\n  """\n  { "customer": "c-1", "region": "eu" }\n  """'],
  },
  function (this: AcceptanceWorld, text: string) {
    const key = valueFrom(this, text, 'the key of the next event');
    this.remembered.nextKey = () => Promise.resolve(key);
  },
);

action(
  'topic {string} receives an event[ {selection}]:',
  {
    doc: 'Publishes one event with this value, `${...}` filled: JSON when it is JSON, else the text as it stands. It may have a key, headers, and a partition; without one, the key decides.',
    examples: [
      'When topic "order_events" receives an event with key "order-1":\n  """\n  { "type": "order_created" }\n  """',
      'When topic "order_events" receives an event with key "order-1" and header "trace" "t-1" on partition 0:\n  """\n  { "type": "order_created" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, text: string) {
    const value = valueFrom(this, text, 'the value of the event');
    await publishEvents(this, [{ topic, ...addressFrom(this, criteria), value }]);
  },
);

action(
  'topic {string} receives an event[ {selection}] from file {string}',
  {
    doc: 'As with a value written in the step; the file lies in the test data folder (`testDataDir`).',
    examples: [
      'When topic "order_events" receives an event with key "order-1" from file "order-created.json"',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, file: string) {
    const value = valueFrom(this, this.testData(file), `file "${file}"`);
    await publishEvents(this, [{ topic, ...addressFrom(this, criteria), value }]);
  },
);

action(
  'topic {string} receives an event[ {selection}] with bytes {string}',
  {
    doc: 'Publishes one event whose value are these bytes, written in hexadecimal digits or base64: `"0x00ff"`, `"base64:AP8="`.',
    examples: ['When topic "order_events" receives an event with key "order-1" with bytes "0x00ff"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, bytes: string) {
    await publishEvents(this, [{ topic, ...addressFrom(this, criteria), value: bytesFrom(bytes) }]);
  },
);

action(
  'topic {string} receives an event[ {selection}] with bytes from file {string}',
  {
    doc: 'Publishes one event whose value are the bytes of a file of the test data folder, as they are.',
    examples: ['When topic "pictures" receives an event with bytes from file "scroll.png"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, file: string) {
    await publishEvents(this, [{ topic, ...addressFrom(this, criteria), value: this.testBytes(file) }]);
  },
);

action(
  'topic {string} receives a tombstone {selection}',
  {
    doc: 'Publishes an event without a value: what was said of its key before is deleted.',
    examples: ['When topic "prices" receives a tombstone with key "sku-01"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: readonly Criterion[]) {
    await publishEvents(this, [tombstoneFrom(this, topic, criteria)]);
  },
);

action(
  'topic {string} receives {int} event(s)[ {selection}]:',
  {
    doc: 'Publishes so many events, in batches. `${...}` is filled for each of them anew, in the key and headers, too: `${uuid}` differs, and `${number}` counts from 1.',
    examples: [
      'When topic "order_events" receives 1000 events with key "order-${number}":\n  """\n  { "eventId": "${uuid}", "n": ${number} }\n  """',
    ],
  },
  // a key, too, is filled for each event, and not with the step's line
  async function (this: AcceptanceWorld, topic: string, count: number, criteria: Criteria, text: string) {
    const value = valueFiller(this, text, 'the value of the events');
    const one = (): OutgoingEvent => ({ topic, ...addressFrom(this, criteria), value: value() });
    await publishEvents(this, numberedEvents(this, count, one));
  },
);

action(
  'topic {string} receives the published event {int} more time(s)',
  {
    doc: 'Publishes the last published event again, key, headers and value being the same: what a service does with duplicates.',
    examples: ['When topic "order_events" receives the published event 2 more times'],
  },
  async function (this: AcceptanceWorld, topic: string, count: number) {
    const { outgoing } = this.remembered;
    if (outgoing === undefined) return fail(noneYet);
    await publishEvents(
      this,
      numberedEvents(this, count, () => ({ ...outgoing, topic })),
    );
  },
);

const columns =
  'Columns: `key`, `value` (text as it stands; `null` is a tombstone) or `value.FIELD` for the fields of a JSON value, `partition`, `headers.NAME`. `#notpresent` leaves a field or header out.';

action(
  'topic {string} receives events[ {layout}]:',
  {
    doc: `Publishes one event for each row, one after the other. ${columns}`,
    examples: [
      'When topic "order_events" receives events:\n  | key | value.type    | headers.trace |\n  | a   | order_created | t-1           |',
      'When topic "order_events" receives events as columns:\n  | key        | a             | b          |\n  | value.type | order_created | order_paid |',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, layout: string | undefined, table: DataTable) {
    await publishRows(this, topic, { table, layout });
  },
);

action(
  'topic {string} receives events as {format}:',
  {
    doc: `Publishes events that are written as CSV (its first line names the columns), JSON or YAML (a list of objects). ${columns} In JSON and YAML \`value\` and \`headers\` may be objects.`,
    examples: [
      'When topic "order_events" receives events as JSON:\n  """\n  [{ "key": "a", "value": { "type": "order_created" }, "headers": { "trace": "t-1" } }]\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, format: TableFormat, text: string) {
    await publishRows(this, topic, { text, format });
  },
);

action(
  'topic {string} receives events from file {string}',
  {
    doc: `Publishes the events of a file in the test data folder (\`testDataDir\`), \`.csv\`, \`.json\`, \`.yaml\` or \`.yml\`. ${columns}`,
    examples: ['When topic "order_events" receives events from file "orders.json"'],
  },
  async function (this: AcceptanceWorld, topic: string, file: string) {
    await publishRows(this, topic, { file });
  },
);

const noneYet = 'no event was published yet; say before: When topic "..." receives an event:';

async function publishRows(world: AcceptanceWorld, topic: string, source: RowsSource): Promise<void> {
  const rows: TextTable = await writtenRows(world, source);
  const place = 'file' in source ? `file "${source.file}"` : 'the table of events';
  await publishEvents(world, outgoingFrom(world, topic, rows, place));
}
