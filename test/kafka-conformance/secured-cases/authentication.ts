import assert from 'node:assert/strict';
import { connect } from 'node:tls';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { apiVersionsApi } from '../../../support/kafka-broker/wire/messages/api-versions';
import { metadataApi } from '../../../support/kafka-broker/wire/messages/metadata';
import { saslAuthenticateApi } from '../../../support/kafka-broker/wire/messages/sasl-authenticate';
import { saslHandshakeApi } from '../../../support/kafka-broker/wire/messages/sasl-handshake';
import { SecuredChecks } from '../secured-check';
import { plainToken, users } from '../secured-target';

export const checks = new SecuredChecks();
const { add } = checks;

const refusal = 'Authentication failed: Invalid username or password';
const kafkaAt = (address: string, config: Partial<KafkaConfig>) =>
  new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 }, ...config });

add('ApiVersions is served before the authentication; anything else ends the connection', async (target) => {
  using raw = await target.connect();
  assert.equal((await raw.send(apiVersionsApi, 2, {})).errorCode, 0);
  raw.post(metadataApi.key, 1, Buffer.from('ffffffff', 'hex'));
  await raw.ended();
});

add(
  'A mechanism that is not offered is error 33 with the list of those that are, and the end',
  async (target) => {
    for (const version of [0, 1]) {
      using raw = await target.connect();
      const answer = await raw.send(saslHandshakeApi, version, { mechanism: 'OAUTHBEARER' });
      assert.equal(answer.errorCode, 33);
      assert.deepEqual([...answer.mechanisms].sort(), ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']);
      await raw.ended();
    }
  },
);

add('PLAIN in every version: right, and then all is served', async (target) => {
  for (const version of [0, 1, 2]) {
    using raw = await target.connect();
    assert.equal((await raw.send(saslHandshakeApi, 1, { mechanism: 'PLAIN' })).errorCode, 0);
    const answer = await raw.send(saslAuthenticateApi, version, { authBytes: plainToken('bob') });
    assert.deepEqual(answer, {
      errorCode: 0,
      errorMessage: '',
      authBytes: Buffer.alloc(0),
      sessionLifetimeMs: 0n,
    });
    assert.equal((await raw.send(metadataApi, 1, { topics: [] })).brokers.length, 1);
  }
});

for (const [what, token, message] of [
  ['a wrong password', plainToken('alice', 'wrong'), refusal],
  ['an unknown user', plainToken('nobody', 'pencil'), refusal],
  ['no user', plainToken('', 'pencil'), 'Authentication failed: username not specified'],
  ['no password', plainToken('alice', ''), 'Authentication failed: password not specified'],
  [
    'another name to act as',
    Buffer.from('root\0alice\0pencil'),
    'Authentication failed: Client requested an authorization id that is different from username',
  ],
] as const) {
  add(`PLAIN with ${what} is error 58 in the same words, and ends the connection`, async (target) => {
    using raw = await target.connect();
    await raw.send(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
    const answer = await raw.send(saslAuthenticateApi, 2, { authBytes: token });
    assert.deepEqual([answer.errorCode, answer.errorMessage], [58, message]);
    await raw.ended();
  });
}

add('PLAIN with a token that is none is error 58, and ends the connection', async (target) => {
  using raw = await target.connect();
  await raw.send(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
  const answer = await raw.send(saslAuthenticateApi, 2, { authBytes: Buffer.from('no token') });
  assert.equal(answer.errorCode, 58);
  await raw.ended();
});

add('After a handshake of version 0, tokens come and go without headers', async (target) => {
  using raw = await target.connect();
  assert.equal((await raw.send(saslHandshakeApi, 0, { mechanism: 'PLAIN' })).errorCode, 0);
  const token = plainToken('alice');
  const length = Buffer.alloc(4);
  length.writeInt32BE(token.length);
  raw.socket.write(Buffer.concat([length, token]));
  assert.equal((await raw.nextAnswer()).length, 0);
  assert.equal((await raw.send(metadataApi, 1, { topics: [] })).brokers.length, 1);
});

add('A token without a handshake ends the connection', async (target) => {
  using raw = await target.connect();
  const ended = raw.ended();
  await assert.rejects(raw.send(saslAuthenticateApi, 2, { authBytes: plainToken('alice') }));
  await ended;
});

add(
  'A second handshake after the authentication, where it need not be renewed, is error 34',
  async (target) => {
    using raw = await target.as('alice');
    const answer = await raw.send(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
    assert.deepEqual([answer.errorCode, answer.mechanisms.length], [34, 0]);
    assert.equal(
      (await raw.send(metadataApi, 1, { topics: [] })).brokers.length,
      1,
      'the connection goes on',
    );
  },
);

for (const mechanism of ['scram-sha-256', 'scram-sha-512'] as const) {
  add(`${mechanism}, by kafkajs: right, wrong, unknown`, async (target) => {
    for (const username of ['root', 'alice'] as const) {
      const sasl = { mechanism, username, password: users[username] } as KafkaConfig['sasl'];
      const admin = kafkaAt(target.sasl, { sasl }).admin();
      await admin.connect();
      assert.equal((await admin.describeCluster()).brokers.length, 1);
      await admin.disconnect();
    }
    for (const username of ['alice', 'nobody']) {
      const sasl = { mechanism, username, password: 'wrong' } as KafkaConfig['sasl'];
      const wrong = kafkaAt(target.sasl, { sasl }).admin().connect();
      await assert.rejects(
        wrong,
        /SASL SCRAM .* failed: .*Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM/,
      );
    }
  });
}

add(
  'TLS: a client with a certificate is served; without one it is turned away; plain text, too',
  async (target) => {
    const { ca, client } = target.certificates;
    const admin = kafkaAt(target.tls, { ssl: { ca: [ca.cert], ...client } }).admin();
    await admin.connect();
    assert.equal((await admin.describeCluster()).brokers.length, 1);
    await admin.disconnect();
    const [host, port] = target.tls.split(':');
    const unknown = connect({ host, port: Number(port), ca: ca.cert });
    unknown.on('error', () => {});
    await new Promise((resolve) => unknown.once('close', resolve));
    using raw = await target.connectTo(target.tls);
    raw.post(metadataApi.key, 1, Buffer.from('ffffffff', 'hex'));
    await raw.ended();
  },
);
