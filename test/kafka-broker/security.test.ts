import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { connect } from 'node:tls';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  type KafkaConfig,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import type { KafkaBroker } from '../../support/kafka-broker';
import { apiVersionsApi } from '../../support/kafka-broker/wire/messages/api-versions';
import { metadataApi } from '../../support/kafka-broker/wire/messages/metadata';
import { saslAuthenticateApi } from '../../support/kafka-broker/wire/messages/sasl-authenticate';
import { saslHandshakeApi } from '../../support/kafka-broker/wire/messages/sasl-handshake';
import { has, succeed } from '../kafka-conformance/programs';
import { fetch, initProducer, join } from '../kafka-conformance/requests';
import { makeCertificates } from './certificates';
import { connected, consumeInto, Inbox, type Received, startBroker } from './harness';
import { ManualClock } from './manual-clock';
import { RawClient } from './raw-client';

const users = { alice: 'pencil', 'bob,=': 'péncil' };

function kafkaAs({ address }: KafkaBroker, config: Partial<KafkaConfig>): Kafka {
  return new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 }, ...config });
}

function plain(user: string, password = users[user as keyof typeof users]) {
  return Buffer.from(`\0${user}\0${password}`);
}

async function authenticate(raw: RawClient, token = plain('alice'), version = 2) {
  assert.equal((await raw.send(saslHandshakeApi, 1, { mechanism: 'PLAIN' })).errorCode, 0);
  return raw.send(saslAuthenticateApi, version, { authBytes: token });
}

for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
  test(`kafkajs produces and consumes after authentication by ${mechanism}`, async (t) => {
    const broker = await startBroker(t, { sasl: { users } });
    for (const [username, password] of Object.entries(users)) {
      const kafka = kafkaAs(broker, { sasl: { mechanism, username, password } as KafkaConfig['sasl'] });
      const producer = await connected(t, kafka.producer());
      await producer.send({ topic: 'orders', messages: [{ value: username }] });
    }
    assert.deepEqual(
      broker.records('orders').map(({ value }) => value?.toString()),
      Object.keys(users),
    );
  });

  test(`a wrong password is told to kafkajs (${mechanism}), and an unknown user`, async (t) => {
    const lines: string[] = [];
    const broker = await startBroker(t, { sasl: { users }, log: (line) => lines.push(line) });
    for (const username of ['alice', 'nobody']) {
      const sasl = { mechanism, username, password: 'wrong' } as KafkaConfig['sasl'];
      await assert.rejects(kafkaAs(broker, { sasl }).admin().connect(), /[Aa]uthentication failed/);
    }
    assert.match(lines.join('\n'), /SaslAuthenticate v\d from client ".*the authentication failed/);
  });
}

for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']) {
  test(`kcat authenticates by ${mechanism}`, async (t) => {
    if (!(await has('kcat', ['-V']))) return t.skip('kcat is not installed');
    const broker = await startBroker(t, { sasl: { users } });
    const settings = [
      'security.protocol=SASL_PLAINTEXT',
      `sasl.mechanisms=${mechanism}`,
      'sasl.username=alice',
      'sasl.password=pencil',
    ].flatMap((setting) => ['-X', setting]);
    await succeed('kcat', ['-b', broker.address, ...settings, '-P', '-t', 'orders'], 'one\n');
    assert.equal(broker.records('orders')[0]?.value?.toString(), 'one');
  });
}

test('nothing but the authentication is served before it; then the connection ends, and the log says why', async (t) => {
  const lines: string[] = [];
  const broker = await startBroker(t, { sasl: { users }, log: (line) => lines.push(line) });
  using raw = await RawClient.connect(broker.address);
  assert.equal((await raw.send(apiVersionsApi, 2, {})).errorCode, 0);
  raw.post(metadataApi.key, 1, Buffer.from('ffffffff', 'hex'));
  await raw.ended();
  assert.match(lines.join('\n'), /Metadata v1 .*the client has not authenticated/);
});

test('wrong credentials are error 58 in the words of Kafka, and end the connection', async (t) => {
  const broker = await startBroker(t, { sasl: { users } });
  using raw = await RawClient.connect(broker.address);
  const answer = await authenticate(raw, plain('alice', 'wrong'));
  assert.equal(answer.errorCode, 58);
  assert.equal(answer.errorMessage, 'Authentication failed: Invalid username or password');
  await raw.ended();
});

test('a mechanism that is not offered is error 33 with the list of those that are', async (t) => {
  const broker = await startBroker(t, { sasl: { users, mechanisms: ['SCRAM-SHA-512'] } });
  using raw = await RawClient.connect(broker.address);
  const answer = await raw.send(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
  assert.deepEqual(answer, { errorCode: 33, mechanisms: ['SCRAM-SHA-512'] });
  await raw.ended();
});

test('after a handshake of version 0, tokens come and go without headers', async (t) => {
  const broker = await startBroker(t, { sasl: { users } });
  using raw = await RawClient.connect(broker.address);
  assert.equal((await raw.send(saslHandshakeApi, 0, { mechanism: 'PLAIN' })).errorCode, 0);
  const token = plain('alice');
  const length = Buffer.alloc(4);
  length.writeInt32BE(token.length);
  raw.socket.write(Buffer.concat([length, token]));
  assert.equal((await raw.nextAnswer()).length, 0);
  assert.equal((await raw.send(metadataApi, 1, { topics: [] })).brokers.length, 1);
});

test('SASL requests to a broker that wants none are error 34', async (t) => {
  const broker = await startBroker(t);
  using raw = await RawClient.connect(broker.address);
  assert.equal((await raw.send(saslHandshakeApi, 1, { mechanism: 'PLAIN' })).errorCode, 34);
  assert.equal((await raw.send(saslAuthenticateApi, 2, { authBytes: plain('alice') })).errorCode, 34);
});

test('an authentication that has a lifetime is renewed, by the same user only, or the connection ends', async (t) => {
  const clock = new ManualClock();
  const broker = await startBroker(t, { clock, sasl: { users, sessionLifetimeMs: 60_000 } });
  using raw = await RawClient.connect(broker.address);
  assert.equal((await authenticate(raw)).sessionLifetimeMs, 60_000n);
  clock.advance(59_000);
  assert.equal((await authenticate(raw)).errorCode, 0);
  clock.advance(59_000);
  assert.equal((await raw.send(metadataApi, 1, { topics: [] })).brokers.length, 1);
  clock.advance(1_000);
  raw.post(metadataApi.key, 1, Buffer.from('00000000', 'hex'));
  await raw.ended();
  using other = await RawClient.connect(broker.address);
  await authenticate(other);
  const changed = await authenticate(other, plain('bob,='));
  assert.equal(changed.errorCode, 58);
  assert.match(changed.errorMessage ?? '', /Cannot change principals .* User:alice: User:bob,=/);
});

test('clients speak TLS; plain text is not understood, and the log says so', async (t) => {
  const { ca, server } = await makeCertificates();
  const lines: string[] = [];
  const broker = await startBroker(t, { tls: server, log: (line) => lines.push(line) });
  const kafka = kafkaAs(broker, { ssl: { ca: [ca.cert] } });
  const producer = await connected(t, kafka.producer());
  await producer.send({ topic: 'orders', messages: [{ value: 'secret' }] });
  const inbox = new Inbox<Received>();
  const consumer = await connected(t, kafka.consumer({ groupId: 'g' }));
  await consumeInto(consumer, 'orders', inbox);
  assert.equal((await inbox.count(1))[0]?.value, 'secret');
  using raw = await RawClient.connect(broker.address);
  raw.post(metadataApi.key, 1, Buffer.from('ffffffff', 'hex'));
  await raw.ended();
  assert.match(lines.join('\n'), /ended \(TLS\)/);
});

test('a handshake that never ends does not keep the broker from closing', async (t) => {
  const { server } = await makeCertificates();
  const broker = await startBroker(t, { tls: server });
  using silent = await RawClient.connect(broker.address);
  await broker.close();
  await silent.ended();
});

test('a client without a certificate is turned away where one is required; with one, it is its name', async (t) => {
  const { ca, server, client } = await makeCertificates();
  const tls = { ...server, ca: ca.cert, clientCertificates: 'required' } as const;
  const superUsers = ['User:CN=alice,O=Brine'];
  const broker = await startBroker(t, { tls, acls: true, superUsers });
  const known = await connected(t, kafkaAs(broker, { ssl: { ca: [ca.cert], ...client } }).admin());
  assert.equal(await known.createTopics({ topics: [{ topic: 'orders' }] }), true);
  const [host, port] = broker.address.split(':');
  const unknown = connect({ host, port: Number(port), ca: ca.cert });
  unknown.on('error', () => {});
  await new Promise((resolve) => unknown.once('close', resolve));
});

/** kafkajs as each user, by PLAIN. */
async function guarded(t: TestContext) {
  const all = { root: 'r', alice: 'a' };
  const broker = await startBroker(t, { acls: true, superUsers: ['root'], sasl: { users: all } });
  const as = (username: keyof typeof all) =>
    kafkaAs(broker, { sasl: { mechanism: 'plain', username, password: all[username] } });
  const root = await connected(t, as('root').admin());
  const allow = (resourceType: AclResourceTypes, resourceName: string, operation: AclOperationTypes) =>
    root.createAcls({
      acl: [
        {
          resourceType,
          resourceName,
          operation,
          principal: 'User:alice',
          host: '*',
          resourcePatternType: ResourcePatternTypes.PREFIXED,
          permissionType: AclPermissionTypes.ALLOW,
        },
      ],
    });
  return { broker, root, alice: as('alice'), allow };
}

test('with ACLs, what is not allowed is refused with the error of its kind, until it is allowed', async (t) => {
  const { broker, alice, allow } = await guarded(t);
  broker.createTopic('orders');
  broker.createTopic('secrets');
  const producer = await connected(t, alice.producer());
  const send = () => producer.send({ topic: 'orders', messages: [{ value: 'x' }] });
  await assert.rejects(send(), /Topic authorization failed/);
  await allow(AclResourceTypes.TOPIC, 'ord', AclOperationTypes.WRITE);
  await send();
  using raw = await RawClient.connect(broker.address);
  await authenticate(raw, Buffer.from('\0alice\0a'));
  assert.equal((await join(raw, 'billing')).errorCode, 30);
  assert.equal((await fetch(raw, 'orders')).errorCode, 29);
  assert.equal((await initProducer(raw, 'tx')).errorCode, 53);
  assert.equal((await initProducer(raw)).errorCode, 0); // whoever may write may be idempotent
  await allow(AclResourceTypes.GROUP, 'bill', AclOperationTypes.READ);
  await allow(AclResourceTypes.TOPIC, 'ord', AclOperationTypes.READ);
  const inbox = new Inbox<Received>();
  await consumeInto(await connected(t, alice.consumer({ groupId: 'billing' })), 'orders', inbox);
  assert.equal((await inbox.count(1))[0]?.value, 'x');
  const admin = await connected(t, alice.admin());
  assert.deepEqual(await admin.listTopics(), ['orders']);
  await assert.rejects(admin.fetchTopicMetadata({ topics: ['secrets'] }), /Topic authorization failed/);
  await assert.rejects(admin.createTopics({ topics: [{ topic: 'mine' }] }), /Topic creation errors/);
  await assert.rejects(admin.describeAcls(anyAcl), /Cluster authorization failed/);
});

const anyAcl = {
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
  operation: AclOperationTypes.ANY,
};

test('ACLs are described and deleted', async (t) => {
  const { root, allow } = await guarded(t);
  await allow(AclResourceTypes.TOPIC, 'ord', AclOperationTypes.WRITE);
  const acls = [{ principal: 'User:alice', host: '*', operation: 4, permissionType: 3 }];
  const { resources } = await root.describeAcls(anyAcl);
  assert.deepEqual(resources, [{ resourceType: 2, resourceName: 'ord', resourcePatternType: 4, acls }]);
  const { filterResponses } = await root.deleteAcls({ filters: [anyAcl] });
  assert.equal(filterResponses[0]?.matchingAcls.length, 1);
  assert.deepEqual((await root.describeAcls(anyAcl)).resources, []);
});
