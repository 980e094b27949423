/**
 * What an assertion costs when a topic has many events: `npm run bench:events`, or with more than 50,000 events:
 * `npm run bench:events -- 200000`.
 *
 * The floor is what nobody can do without: one plain `filter` over the events, with the question written in JavaScript.
 * Both run in the same process by turns, in CPU time, so read ratios rather than milliseconds. Of assertions that fail the whole message
 * is part of the time. Then what events take of the memory, beside what the recorder reckons (`kafka.eventMemory`).
 */
import { EventClient, type RecordedEvent } from '../support/clients';
import { KafkaBroker } from '../support/kafka-broker';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { readCriteria } from '../world/event-criteria';
import {
  expectCount,
  expectEachEvent,
  expectEvent,
  expectTombstone,
  jsonBelow,
} from '../world/event-expectations';
import { EventLook } from '../world/event-look';
import { expectEventRows } from '../world/event-rows';
import { expectNoDuplicates, expectUniqueEvents } from '../world/event-uniqueness';
import { finalMessage } from '../world/expectations';
import { Variables } from '../world/variables';
import { digits, main, print, Samples, table } from './harness';

const count = Number(process.argv[2] ?? 50_000);
const rounds = 15;
const topic = 'orders';
const limitMs = 100;

interface Question {
  readonly name: string;
  readonly selection?: string;
  readonly ask: (look: EventLook) => void;
  readonly floor: (event: RecordedEvent) => unknown;
  readonly fails?: boolean;
}

interface Order {
  readonly eventId: string;
  readonly type: string;
  readonly orderId: string;
}

const value = (event: RecordedEvent) => event.value as Order;
const last = `order-${count - 1}`;
const rows = (columns: readonly string[], ...cells: readonly (readonly string[])[]) => ({
  columns,
  rows: cells,
});
const three = [7, 2 * Math.floor(count / 4) + 1, count - 1].map((n) => [
  `key-${n}`,
  'order_created',
  `order-${n}`,
]);

const questions: readonly Question[] = [
  {
    name: 'found by key and value',
    selection: `with key "key-${count - 1}"`,
    ask: (look) => expectEvent(look, jsonBelow(`{ "orderId": "${last}" }`)),
    floor: ({ key }) => key === `key-${count - 1}`,
  },
  {
    name: 'found by value, the last of all',
    ask: (look) => expectEvent(look, jsonBelow(`{ "type": "order_created", "orderId": "${last}" }`)),
    floor: (event) => value(event).type === 'order_created' && value(event).orderId === last,
  },
  {
    name: 'found by a path',
    selection: `where "value.orderId" is "${last}"`,
    ask: (look) => expectEvent(look),
    floor: (event) => value(event).orderId === last,
  },
  {
    name: 'not found by value, with the closest',
    ask: (look) => expectEvent(look, jsonBelow('{ "type": "order_created", "orderId": "none", "total": 1 }')),
    floor: (event) => value(event).type === 'order_created' && value(event).orderId === 'none',
    fails: true,
  },
  {
    name: 'not found by header and value',
    selection: 'with header "trace" "none"',
    ask: (look) => expectEvent(look, jsonBelow('{ "type": "order_created" }')),
    floor: ({ headers }) => headers.trace === 'none',
    fails: true,
  },
  {
    name: 'exactly n matching',
    ask: (look) => expectCount(look, count / 2, jsonBelow('{ "type": "order_paid", "total": "#number" }')),
    floor: (event) => value(event).type === 'order_paid',
  },
  {
    name: 'none matching',
    ask: (look) => expectCount(look, 0, jsonBelow('{ "type": "order_lost" }')),
    floor: (event) => value(event).type === 'order_lost',
  },
  {
    name: 'each matches',
    ask: (look) => expectEachEvent(look, jsonBelow('{ "eventId": "#string", "total": "#? _ >= 0" }')),
    floor: (event) => typeof value(event).eventId === 'string',
  },
  {
    name: 'no tombstone',
    ask: (look) => expectTombstone(look),
    floor: ({ payload }) => payload === null,
    fails: true,
  },
  {
    name: 'table of three, with keys',
    ask: (look) => expectEventRows(look, rows(['key', 'value.type', 'value.orderId'], ...three), 'contains'),
    floor: ({ key }) => three.some(([wanted]) => wanted === key),
  },
  {
    name: 'table of three, by values',
    ask: (look) =>
      expectEventRows(look, rows(['value.orderId'], ...three.map(([, , id = '']) => [id])), 'contains'),
    floor: (event) => three.some(([, , id]) => id === value(event).orderId),
  },
  {
    name: 'table of three, one missing',
    ask: (look) =>
      expectEventRows(
        look,
        rows(
          ['key', 'value.type', 'value.total'],
          ...three.map(([key = '', type = '']) => [key, type, '-1']),
        ),
        'contains',
      ),
    floor: ({ key }) => three.some(([wanted]) => wanted === key),
    fails: true,
  },
  {
    name: 'only these three of a key, in order',
    selection: 'with key "key-7"',
    ask: (look) => expectEventRows(look, rows(['value.orderId'], ['order-7']), 'only in order'),
    floor: ({ key }) => key === 'key-7',
  },
  {
    name: 'only these three of all',
    ask: (look) => expectEventRows(look, rows(['key', 'value.type', 'value.orderId'], ...three), 'only'),
    floor: ({ key }) => three.some(([wanted]) => wanted === key),
    fails: true,
  },
  {
    name: 'each has its own id',
    ask: (look) => expectUniqueEvents(look, 'value.eventId'),
    floor: uniquely((event) => value(event).eventId),
  },
  {
    name: 'no duplicates',
    ask: (look) => expectNoDuplicates(look),
    floor: uniquely(({ key, payload }) => `${key} ${payload?.toString('latin1')}`),
  },
];

/** The floor of what must remember all it has seen. */
function uniquely(say: (event: RecordedEvent) => string): Question['floor'] {
  const seen = new Set<string>();
  return (event) => {
    const said = say(event);
    const isNew = !seen.has(said);
    seen.add(said);
    return isNew;
  };
}

function record(events: EventClient, n: number): void {
  const order = {
    eventId: `0e7a7c1e-5a0b-4b52-8e7e-${n}`,
    type: n % 2 === 0 ? 'order_paid' : 'order_created',
    orderId: `order-${n}`,
    userId: '0b0c7a1e-5a0b-4b52-8e7e-1a2b3c4d5e6f',
    total: n * 7,
    items: [{ sku: 'sku-01', quantity: n % 5 }],
    occurredAt: '2026-11-29T00:00:00.000Z',
  };
  events.recorder.record({
    topic,
    partition: n % 3,
    offset: BigInt(Math.floor(n / 3)),
    timestamp: n,
    key: Buffer.from(`key-${n}`),
    value: Buffer.from(JSON.stringify(order)),
    headers: [{ key: 'trace', value: Buffer.from(`t-${n}`) }],
  });
}

/** CPU time: on a shared machine the wall's clock says how busy the others are. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function ask(world: AcceptanceWorld, { name, selection, ask: assert, fails = false }: Question) {
  const criteria = selection === undefined ? undefined : readCriteria(selection);
  try {
    assert(await EventLook.at(world, topic, criteria));
    if (fails) throw new Error(`"${name}" should fail`);
  } catch (error) {
    const message = await finalMessage(error);
    if (!fails) throw new Error(`"${name}" should not fail: ${message}`, { cause: error });
  }
}

async function measure(world: AcceptanceWorld, question: Question) {
  const [asked, floor] = [new Samples(question.name), new Samples('filter')];
  let first = 0;
  for (let round = 0; round < rounds; round++) {
    const begin = cpuMs();
    await ask(world, question);
    const between = cpuMs();
    world.events.recorder.since(topic).filter(question.floor);
    floor.add(cpuMs() - between);
    asked.add(between - begin);
    if (round === 0) first = between - begin;
  }
  return { first, asked: asked.median, floor: floor.median };
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

main(async () => {
  await using broker = await KafkaBroker.start();
  broker.createTopic(topic, { partitions: 3 });
  await using events = EventClient.beside(broker, {
    brokers: [broker.address],
    topicPrefix: '',
    eventMemory: Number.POSITIVE_INFINITY,
  });
  const world = {
    events,
    variables: new Variables(),
    evidence: { startedAt: Date.now() },
  } as unknown as AcceptanceWorld;
  const [before, begin] = [usedBytes(), cpuMs()];
  for (let n = 0; n < count; n++) record(events, n);
  const recording = cpuMs() - begin;
  const taken = usedBytes() - before;
  const reckoned = events.recorder.since().reduce((sum, { size }) => sum + size, 0);
  const results: (readonly string[])[] = [];
  let slowest = { name: '', ms: 0 };
  for (const question of questions) {
    const { first, asked, floor } = await measure(world, question);
    const kind = question.fails ? 'fails' : 'passes';
    const ratio = `${digits(asked / Math.max(floor, 0.1))} x`;
    results.push([question.name, kind, digits(first), digits(asked), digits(floor), ratio]);
    if (asked > slowest.ms) slowest = { name: question.name, ms: asked };
  }
  const events1000 = count.toLocaleString('en-US');
  print(`${events1000} events on a topic, medians of ${rounds} in ms of CPU time\n\n`);
  print(table(['assertion', 'outcome', 'first look', 'median', 'filter', 'ratio'], results));
  print(`\nrecording: ${digits((recording / count) * 1_000)} µs for each event\n`);
  const memory = [taken, reckoned].map((bytes) => Math.round(bytes / count));
  print(`memory: ${memory[0]} bytes for each event, reckoned with ${memory[1]}\n`);
  const verdict = slowest.ms < limitMs ? 'met' : 'missed';
  print(
    `\ntarget, every assertion under ${limitMs} ms: ${verdict} (${slowest.name}: ${digits(slowest.ms)} ms)\n`,
  );
});
