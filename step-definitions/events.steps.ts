import type { DataTable } from '@cucumber/cucumber';
import { BrineError } from '../support/errors';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { eventsOf, outgoingFrom } from '../world/event-tables';
import {
  asRow,
  counted,
  eventColumns,
  expectJson,
  expectRows,
  fail,
  indented,
  matchesJson,
} from '../world/expectations';
import { renderRows } from '../world/row-text';
import { stepsUsing } from './define';

const { action, assertion, setup } = stepsUsing('kafka');

/**
 * On a real cluster it takes a moment until a topic that nobody has named before is recorded, which is no part of the
 * time that a guard gives. A topic that does not exist yet may be made while the guard waits.
 */
async function followTopic(this: AcceptanceWorld, topic: string): Promise<void> {
  try {
    await this.events.find(topic);
  } catch (error) {
    if (!(error instanceof BrineError)) throw error;
  }
}

setup(
  'topic {string} exists with {int} partition(s)',
  {
    doc: 'Creates the topic unless it exists.',
    examples: ['Given topic "payments" exists with 3 partitions'],
  },
  async function (this: AcceptanceWorld, topic: string, partitions: number) {
    await this.events.createTopic(topic, partitions);
  },
);

action(
  'topic {string} receives an event[ with key {string}]:',
  {
    doc: 'Publishes one event with this value, `${...}` filled: JSON when it is JSON, else the text as it stands.',
    examples: [
      'When topic "order_events" receives an event with key "order-1":\n  """\n  { "type": "order_created" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, key: string | undefined, value: string) {
    const text = this.variables.text(value, 'the value of the event');
    this.remembered.published = await this.events.publish({ topic, key: key ?? null, value: text });
  },
);

action(
  'topic {string} receives events:',
  {
    doc: 'Publishes one event for each row, one after the other. Columns: `key`, `value` (text as it stands), `partition`, `headers.NAME`, and `value.FIELD` for the fields of a JSON value.',
    examples: [
      'When topic "order_events" receives events:\n  | key | value.type    | headers.trace |\n  | a   | order_created | t-1           |',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, table: DataTable) {
    for (const event of outgoingFrom(this, topic, table))
      this.remembered.published = await this.events.publish(event);
  },
);

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
  'topic {string} has an event[ with key {string}]:',
  {
    prepare: followTopic,
    doc: 'An event of this scenario has (the key and) a value with at least these fields. Markers may capture.',
    examples: [
      'Then within 5 seconds topic "order_events" has an event with key "${orderId}":\n  """\n  { "type": "order_created" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, key: string | undefined, expected: string) {
    const events = await eventsOf(this, topic, key);
    const found = events.find(({ value }) => matchesJson(this, expected, value));
    if (found !== undefined)
      return expectJson(this, expected, found.value, { what: 'the event', mode: 'contains' });
    const [closest] = [...events].reverse();
    if (closest === undefined) return fail(await nothingOn(this, topic, key));
    const all = `the ${counted(events.length, 'event')} of this scenario:\n${indented(renderRows(events.map(asRow)))}`;
    return expectJson(this, expected, closest.value, {
      what: `no event on topic "${topic}" is like this; the last one`,
      mode: 'contains',
      context: all,
    });
  },
);

assertion(
  'topic {string} has events:',
  {
    prepare: followTopic,
    doc: 'An event of this scenario for each row, in any order; there may be others. Columns are paths: `key`, `value.orderId`, `headers.trace`, `partition`.',
    examples: [
      'Then within 5 seconds topic "stock_events" has events:\n  | key        | value.type     |\n  | ${orderId} | stock_reserved |',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, table: DataTable) {
    await expectEvents(this, topic, table, 'contains');
  },
);

assertion(
  'topic {string} has only these events:',
  {
    prepare: followTopic,
    doc: 'The events of this scenario are these and no others, in any order.',
    examples: ['Then topic "order_events" has only these events:\n  | key |\n  | a   |'],
  },
  async function (this: AcceptanceWorld, topic: string, table: DataTable) {
    await expectEvents(this, topic, table, 'only');
  },
);

assertion(
  'topic {string} has only these events in order:',
  {
    prepare: followTopic,
    doc: 'The events of this scenario are these and no others, in this order (the order of one partition is certain).',
    examples: [
      'Then within 2 seconds topic "order_events" has only these events in order:\n  | key | value.n |\n  | a   | 1       |\n  | a   | 2       |',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, table: DataTable) {
    await expectEvents(this, topic, table, 'only in order');
  },
);

assertion(
  'topic {string} has {int} event(s)[ with key {string}]',
  {
    prepare: followTopic,
    doc: 'How many events of this scenario the topic has.',
    examples: [
      'Then for 1 second topic "order_events" has 1 event',
      'Then topic "order_events" has 2 events with key "a"',
    ],
  },
  async function (this: AcceptanceWorld, topic: string, count: number, key?: string) {
    const events = await eventsOf(this, topic, key);
    if (events.length === count) return;
    const list = events.length === 0 ? '' : `:\n${indented(renderRows(events.map(asRow)))}`;
    fail(`topic "${topic}" has ${counted(events.length, 'event')}, not ${count}${list}`);
  },
);

assertion(
  'topic {string} has no events[ with key {string}]',
  {
    prepare: followTopic,
    doc: 'The topic got nothing in this scenario. Say for how long: `for 1 second ...`.',
    examples: ['Then for 1 second topic "order_events.dlq" has no events'],
  },
  async function (this: AcceptanceWorld, topic: string, key?: string) {
    const events = await eventsOf(this, topic, key);
    if (events.length > 0) {
      fail(
        `topic "${topic}" has ${counted(events.length, 'event')}, not none:\n${indented(renderRows(events.map(asRow)))}`,
      );
    }
  },
);

assertion(
  'consumer group {string} has caught up',
  {
    doc: 'The group has read everything on every partition that it consumes.',
    examples: ['Then within 5 seconds consumer group "inventory" has caught up'],
  },
  async function (this: AcceptanceWorld, group: string) {
    const lags = await this.events.lagsOf(group);
    if (lags.length > 0) fail(`group "${group}" is behind: ${lags.join('; ')}`);
  },
);

async function expectEvents(
  world: AcceptanceWorld,
  topic: string,
  table: DataTable,
  mode: 'contains' | 'only' | 'only in order',
): Promise<void> {
  const events = await eventsOf(world, topic);
  expectRows(world, table, events.map(asRow), {
    what: `topic "${topic}"`,
    mode,
    noun: 'event',
    columns: eventColumns,
  });
}

/** Why nothing was found, with what is near: events under other keys, or on other topics. */
async function nothingOn(world: AcceptanceWorld, topic: string, key: string | undefined): Promise<string> {
  const others = world.events.recorder.since();
  const withKey = key === undefined ? '' : ` with key "${key}"`;
  const elsewhere = others.map(({ topic: on, key: of }) => `${on} (key ${of ?? 'null'})`);
  const list =
    elsewhere.length === 0 ? 'no topic has any' : `events came to: ${elsewhere.slice(-10).join(', ')}`;
  return `topic "${topic}" has no event${withKey} since the scenario began; ${list}`;
}
