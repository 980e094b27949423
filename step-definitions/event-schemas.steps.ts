import type { DataTable } from '@cucumber/cucumber';
import type { AcceptanceWorld } from '../world/acceptance-world';
import type { Criteria } from '../world/event-criteria';
import { EventLook, followTopic } from '../world/event-look';
import {
  type DirectionWord,
  encodingOf,
  expectAccepted,
  expectCompatible,
  expectEventOfSchema,
  expectEventsConform,
  expectVersions,
  keyOfSchema,
  publishEncoded,
  publishRows,
  registerSchema,
} from '../world/event-schemas';
import { addressFrom } from '../world/outgoing-events';
import { stepsUsing } from './define';

const { action, assertion, setup } = stepsUsing('kafka');

setup(
  'schema {string} is registered for topic {string}',
  {
    doc: 'Registers the schema of a file (`.avsc`, `.proto`, `.json`, in the test data folder) under the subject of the topic: `<topic>-value`. Taken back after the scenario.',
    examples: ['Given schema "order.avsc" is registered for topic "orders"'],
  },
  async function (this: AcceptanceWorld, file: string, topic: string) {
    await registerSchema(this, file, this.schemas.subjectOf(topic));
  },
);

setup(
  'schema {string} is registered as subject {string}',
  {
    doc: 'The same, under a subject of another name. Those that end in `-key` or `-value` belong to topics, and carry the prefix that topics have on a shared cluster.',
    examples: ['Given schema "order.avsc" is registered as subject "shop.Order"'],
  },
  async function (this: AcceptanceWorld, file: string, subject: string) {
    await registerSchema(this, file, subject);
  },
);

setup(
  'subject {string} demands {string} compatibility',
  {
    doc: 'What the registry demands of new versions: `NONE`, `BACKWARD`, `FORWARD`, `FULL`, each also with `_TRANSITIVE`. Not on a registry of somebody else.',
    examples: ['Given subject "orders-value" demands "FULL" compatibility'],
  },
  async function (this: AcceptanceWorld, subject: string, level: string) {
    await this.schemas.setCompatibility(subject, level);
  },
);

setup(
  'the next event has a key of schema {string}[ under subject {string}]:',
  {
    doc: 'The key of what the next step publishes: this JSON value (a text in quotes, too) encoded with the schema of a file, registered under `<topic>-key` or the subject that is named. A key in that step itself goes before.',
    examples: [
      'Given the next event has a key of schema "order-key.avsc":\n  """\n  { "customer": "c-1", "region": "eu" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, file: string, subject: string | undefined, key: string) {
    keyOfSchema(this, file, subject, this.variables.json(key, 'the key of the next event'));
  },
);

action(
  'topic {string} receives an event of schema {string}[ under subject {string}][ {selection}]:',
  {
    doc: 'Publishes one event, this JSON value encoded with the schema of a file, in the wire format of Confluent. The schema is registered under the subject of the topic, or the one that is named. Of a `.proto` file the first message is taken, or the one after `#`.',
    examples: [
      'When topic "orders" receives an event of schema "order.avsc" with key "order-1":\n  """\n  { "id": "order-1", "total": 12.50 }\n  """',
      'When topic "orders" receives an event of schema "order.proto#shop.Order" under subject "shop.Order":\n  """\n  { "order_id": "order-1" }\n  """',
    ],
  },
  async function (
    this: AcceptanceWorld,
    topic: string,
    file: string,
    subject: string | undefined,
    criteria: Criteria,
    value: string,
  ) {
    const json = this.variables.json(value, 'the value of the event');
    const encoding = await encodingOf(this, topic, file, subject);
    await publishEncoded(this, { topic, ...addressFrom(this, criteria) }, encoding, json);
  },
);

action(
  'topic {string} receives an event of its registered schema[ {selection}]:',
  {
    doc: 'The same with the newest schema that the registry has for the topic.',
    examples: [
      'When topic "orders" receives an event of its registered schema:\n  """\n  { "id": "order-1", "total": 12.50 }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, value: string) {
    const json = this.variables.json(value, 'the value of the event');
    const schema = await this.schemas.latest(this.schemas.subjectOf(topic));
    const event = { topic, ...addressFrom(this, criteria) };
    await publishEncoded(this, event, { schema, message: undefined }, json);
  },
);

action(
  'topic {string} receives events of schema {string}[ {layout}]:',
  {
    doc: 'The same for each row, one after the other. Columns as for events without a schema; a cell that reads as JSON is that (write `"1"` for the text 1).',
    examples: [
      'When topic "orders" receives events of schema "order.avsc":\n  | key | value.id | value.total |\n  | a   | order-1  | 12.50       |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    topic: string,
    file: string,
    layout: string | undefined,
    table: DataTable,
  ) {
    await publishRows(this, topic, { table, layout }, await encodingOf(this, topic, file));
  },
);

assertion(
  'topic {string} has an event of schema {string}[ {selection}]',
  {
    prepare: followTopic,
    doc: 'An event of this scenario was encoded with the record or message of this full name (of a JSON Schema: its title). Tables of events have it in their columns, too: `schema.name`, `schema.subject`, `schema.version`, `schema.type`, `schema.id`.',
    examples: ['Then within 5 seconds topic "orders" has an event of schema "shop.Order" with key "order-1"'],
  },
  async function (this: AcceptanceWorld, topic: string, name: string, criteria?: Criteria) {
    expectEventOfSchema(await EventLook.at(this, topic, criteria), name);
  },
);

assertion(
  'the events of topic {string}[ {selection}] conform to schema {string}',
  {
    prepare: followTopic,
    doc: 'The value of each event of this scenario fits the schema of a file (`.avsc`, `.proto`, `.json`), whatever it was encoded with. There must be one; tombstones are passed over.',
    examples: ['Then the events of topic "orders" conform to schema "order.avsc"'],
  },
  async function (this: AcceptanceWorld, topic: string, criteria: Criteria, file: string) {
    await expectEventsConform(await EventLook.at(this, topic, criteria), file);
  },
);

assertion(
  'schema {string} is compatible with subject {string}',
  {
    doc: 'The registry would take the schema of a file as a new version, by the compatibility that it demands of the subject.',
    examples: ['Then schema "order-v2.avsc" is compatible with subject "orders-value"'],
  },
  async function (this: AcceptanceWorld, file: string, subject: string) {
    await expectAccepted(this, file, subject);
  },
);

assertion(
  'schema {string} is {compatibility} compatible with subject {string}',
  {
    doc: 'Whatever the registry demands: `backward`, the schema of a file reads what the newest one of the subject wrote; `forward`, the other way round; `fully`, both.',
    examples: ['Then schema "order-v2.avsc" is backward compatible with subject "orders-value"'],
  },
  async function (this: AcceptanceWorld, file: string, word: DirectionWord, subject: string) {
    await expectCompatible(this, file, word, subject);
  },
);

assertion(
  'subject {string} has {int} version(s)',
  {
    doc: 'How many versions the registry has of a subject.',
    examples: ['Then subject "orders-value" has 1 version'],
  },
  async function (this: AcceptanceWorld, subject: string, count: number) {
    await expectVersions(this, subject, count);
  },
);
