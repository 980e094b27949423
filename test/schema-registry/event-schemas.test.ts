import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Kafka, logLevel } from 'kafkajs';
import { EventClient } from '../../support/clients';
import { KafkaBroker } from '../../support/kafka-broker';
import { EmbeddedRegistry, EventSchemas } from '../../support/schema-registry';
import { eventually, systemClock } from '../../support/time';

interface Lane extends AsyncDisposable {
  readonly registry: EmbeddedRegistry;
  readonly schemas: EventSchemas;
  readonly events: EventClient;
  /** A producer that knows nothing of Brine. */
  send(topic: string, ...values: (Buffer | string)[]): Promise<void>;
}

async function openLane(): Promise<Lane> {
  const stack = new AsyncDisposableStack();
  const broker = await KafkaBroker.start();
  stack.defer(() => broker.close());
  const registry = stack.use(await EmbeddedRegistry.start());
  const topicPrefix = '';
  const schemas = stack.use(
    await EventSchemas.open({ url: registry.url, topicPrefix, embedded: registry, clock: systemClock }),
  );
  const brokers = [broker.address];
  const events = stack.use(EventClient.beside(broker, { brokers, topicPrefix, decoder: schemas.decoder }));
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  stack.defer(() => producer.disconnect());
  return {
    registry,
    schemas,
    events,
    async send(topic, ...values) {
      await producer.send({ topic, messages: values.map((value) => ({ value })) });
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function recorded({ events }: Lane, topic: string, count: number) {
  const look = async () => {
    const seen = events.recorder.since(topic);
    assert.ok(seen.length >= count, `${seen.length} of ${count}`);
    return seen;
  };
  const onChange = (wake: () => void) => events.recorder.onEvent(wake);
  return (await eventually(look, { withinMs: 5_000, onChange })).value;
}

const order = (...more: object[]) =>
  JSON.stringify({
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [{ name: 'n', type: 'long' }, ...more],
  });
const avro = (text: string) => ({ type: 'AVRO' as const, text, references: [] });

describe('what services publish', () => {
  test('is decoded in all three formats, with what is known of its schema', async () => {
    await using lane = await openLane();
    const client = new SchemaRegistry({ host: lane.registry.url });
    const schemas = [
      [SchemaType.AVRO, order(), 'shop.Order'],
      [SchemaType.PROTOBUF, 'syntax = "proto3"; package shop; message Order { int64 n = 1; }', 'shop.Order'],
      [SchemaType.JSON, '{ "title": "Order", "type": "object" }', 'Order'],
    ] as const;
    for (const [type, schema, name] of schemas) {
      const topic = type.toLowerCase();
      const { id } = await client.register({ type, schema } as never, { subject: `${topic}-value` });
      await lane.send(topic, await client.encode(id, { n: 7 }));
      const [event] = await recorded(lane, topic, 1);
      assert.deepEqual(event?.value, { n: 7 });
      assert.deepEqual(event?.schema, { id, type, name, subject: `${topic}-value`, version: 1 });
    }
  });

  test('keeps its order, though the schema of the first must be asked for', async () => {
    await using lane = await openLane();
    const used = await lane.schemas.use('orders-value', avro(order()), 'schema');
    const encoded = Array.from({ length: 50 }, (_, n) => lane.schemas.encode(used, { n }));
    await lane.send('orders', ...encoded.slice(0, 25), 'plain', ...encoded.slice(25));
    const events = await recorded(lane, 'orders', 51);
    const wanted = encoded.map((_, n) => ({ n }) as unknown).toSpliced(25, 0, 'plain');
    assert.deepEqual(
      events.map(({ value }) => value),
      wanted,
    );
  });

  test('is told of the subject of its topic, also when that is registered later', async () => {
    await using lane = await openLane();
    const used = await lane.schemas.use('first-value', avro(order()), 'schema');
    await lane.send('first', lane.schemas.encode(used, { n: 1 }));
    await recorded(lane, 'first', 1);
    await lane.schemas.use('second-value', avro(order()), 'schema');
    await lane.send('second', lane.schemas.encode(used, { n: 1 }));
    const [second] = await recorded(lane, 'second', 1);
    assert.equal(second?.schema?.subject, 'second-value');
    await lane.send('third', lane.schemas.encode(used, { n: 1 }));
    const [third] = await recorded(lane, 'third', 1);
    assert.equal(third?.schema?.subject, 'first-value');
  });

  test('has a key that is decoded, too', async () => {
    await using lane = await openLane();
    const used = await lane.schemas.use('keyed-key', avro('"string"'), 'schema');
    const kafka = lane.schemas.encode(used, 'k-1');
    const decoded = await lane.schemas.decoder('keyed', 'key', kafka);
    assert.equal(decoded?.value, 'k-1');
    assert.deepEqual(decoded?.schema, {
      id: used.id,
      type: 'AVRO',
      name: 'string',
      subject: 'keyed-key',
      version: 1,
    });
  });
});

describe('what cannot be decoded is shown as what it is', () => {
  test('a schema that the registry does not know', async () => {
    await using lane = await openLane();
    await lane.send('orders', Buffer.from('000000006302', 'hex'));
    const [event] = await recorded(lane, 'orders', 1);
    assert.equal(
      event?.value,
      `not decoded with schema 99: the schema registry at ${lane.registry.url} answers 404 (40403): Schema 99 not found; its bytes: 0x000000006302`,
    );
    assert.equal(event?.schema, undefined);
  });

  test('bytes that are not of their schema', async () => {
    await using lane = await openLane();
    const { id } = await lane.schemas.use('orders-value', avro(order()), 'schema');
    const header = Buffer.alloc(5);
    header.writeInt32BE(id, 1);
    await lane.send('orders', Buffer.concat([header, Buffer.from('0202', 'hex')]), header);
    const events = await recorded(lane, 'orders', 2);
    assert.deepEqual(
      events.map(({ value }) => value),
      [
        `not decoded with schema ${id}: trailing data; its bytes: 0x00000000010202`,
        `not decoded with schema ${id}: truncated buffer; its bytes: 0x0000000001`,
      ],
    );
  });

  test('a registry that went away, and comes back', async () => {
    const other = await EmbeddedRegistry.start();
    const clock = { ...systemClock, monotonic: () => now };
    let now = 0;
    const port = Number(new URL(other.url).port);
    const schemas = await EventSchemas.open({ url: other.url, topicPrefix: '', clock });
    const used = await schemas.use('orders-value', avro(order()), 'schema');
    const bytes = schemas.encode(used, { n: 1 });
    await other[Symbol.asyncDispose]();
    const gone = await schemas.decoder('orders', 'value', bytes);
    const why = new RegExp(
      `^not decoded with schema 1: the schema registry at ${other.url} gives no answer: .+; its bytes: 0x000000000102$`,
    );
    assert.match(String(gone?.value), why);
    await using again = await EmbeddedRegistry.start(port);
    const back = await EventSchemas.open({ url: again.url, topicPrefix: '', embedded: again, clock });
    await back.use('orders-value', avro(order()), 'schema');
    assert.equal(
      (await schemas.decoder('orders', 'value', bytes))?.schema,
      undefined,
      'it is believed for a moment',
    );
    now = 1_000;
    assert.deepEqual((await schemas.decoder('orders', 'value', bytes))?.value, { n: 1 });
  });

  test('what begins with no zero, or is too short, bears no schema', async () => {
    await using lane = await openLane();
    for (const text of ['{"n":1}', '\u0000abc', ''])
      assert.equal(lane.schemas.decoder('orders', 'value', Buffer.from(text)), undefined);
  });
});

describe('what steps change in the registry', () => {
  test('is taken back in the own one, unless a service has registered the same; identifiers stay', async () => {
    await using lane = await openLane();
    const client = new SchemaRegistry({ host: lane.registry.url });
    const used = await lane.schemas.use('orders-value', avro(order()), 'schema');
    await lane.schemas.use('shared-value', avro(order()), 'schema');
    await client.register({ type: SchemaType.AVRO, schema: order() }, { subject: 'shared-value' });
    await lane.schemas.setCompatibility('orders-value', 'NONE');
    lane.schemas.takeBack();
    assert.deepEqual(await lane.schemas.registry.subjects(), ['shared-value']);
    await lane.send('orders', lane.schemas.encode(used, { n: 1 }));
    const [event] = await recorded(lane, 'orders', 1);
    assert.deepEqual(event?.value, { n: 1 });
    await lane.schemas.use('orders-value', avro(order()), 'schema');
    await assert.rejects(
      lane.schemas.use('orders-value', avro('"int"'), 'schema'),
      /answers 409: .*incompatible/,
    );
  });

  test('carries the prefix on a shared one, and is removed with the lane; nothing else is', async () => {
    await using somebody = await EmbeddedRegistry.start();
    const mine = await EventSchemas.open({
      url: somebody.url,
      topicPrefix: 'brine_r1_0_',
      clock: systemClock,
    });
    const theirs = await EventSchemas.open({ url: somebody.url, topicPrefix: '', clock: systemClock });
    await theirs.use('orders-value', avro(order()), 'schema');
    await mine.use('orders-value', avro(order()), 'schema');
    await mine.use('shop.Order', avro(order()), 'schema');
    assert.deepEqual(await theirs.registry.subjects(), [
      'brine_r1_0_orders-value',
      'orders-value',
      'shop.Order',
    ]);
    assert.deepEqual(await mine.versions('orders-value'), [1]);
    await mine.setCompatibility('orders-value', 'FULL');
    await assert.rejects(theirs.setCompatibility('orders-value', 'FULL'), {
      message:
        'subject "orders-value": its compatibility is not changed: the schema registry is somebody else\'s\n  -> set it there by hand, or use kafka.schemaRegistry: "embedded"  [BRINE_STEP_002]',
    });
    await mine[Symbol.asyncDispose]();
    assert.deepEqual(await theirs.registry.subjects(), ['orders-value', 'shop.Order']);
  });
});

describe('a registry that does not answer as it should', () => {
  async function answering(status: number, body: string): Promise<{ url: string } & AsyncDisposable> {
    const server = createServer((request, response) => {
      const isKnown = request.headers.authorization === `Basic ${Buffer.from('ada:p@ss').toString('base64')}`;
      response.writeHead(isKnown ? 200 : status).end(isKnown ? '[]' : body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const close = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
  }

  const open = (url: string) => EventSchemas.open({ url, topicPrefix: '', clock: systemClock });

  test('wants a name and a password, which stay out of messages', async () => {
    await using server = await answering(401, '{"error_code":40101,"message":"Unauthorized"}');
    await open(server.url.replace('//', '//ada:p%40ss@'));
    await assert.rejects(open(server.url.replace('//', '//ada:wrong@')), {
      message: `the schema registry at ${server.url} answers 401 (40101): Unauthorized\n  -> name and password go into the URL: kafka.schemaRegistry: "https://user:password@host:8081"  [BRINE_SCHEMA_003]`,
    });
  });

  test('is something else', async () => {
    await using server = await answering(404, '<html>no</html>');
    await assert.rejects(open(server.url), {
      message: new RegExp(`^the schema registry at ${server.url} answers 404: <html>no</html>`),
    });
  });

  test('is not there', async () => {
    const { url, ...server } = await answering(200, '');
    await server[Symbol.asyncDispose]();
    const { host } = new URL(url);
    await assert.rejects(open(`${url}/`), {
      message: `the schema registry at ${url} gives no answer: connect ECONNREFUSED ${host}\n  -> start it, or correct kafka.schemaRegistry (BRINE_KAFKA_SCHEMA_REGISTRY)  [BRINE_SCHEMA_003]`,
    });
  });
});
