import { pbkdf2Sync } from 'node:crypto';
import { KafkaBroker } from '../../support/kafka-broker';
import { alterUserScramCredentialsApi } from '../../support/kafka-broker/wire/messages/alter-user-scram-credentials';
import { createAclsApi } from '../../support/kafka-broker/wire/messages/create-acls';
import { createTopicsApi } from '../../support/kafka-broker/wire/messages/create-topics';
import { deleteAclsApi } from '../../support/kafka-broker/wire/messages/delete-acls';
import { describeUserScramCredentialsApi } from '../../support/kafka-broker/wire/messages/describe-user-scram-credentials';
import { saslAuthenticateApi } from '../../support/kafka-broker/wire/messages/sasl-authenticate';
import { saslHandshakeApi } from '../../support/kafka-broker/wire/messages/sasl-handshake';
import { type Certificates, makeCertificates } from '../kafka-broker/certificates';
import { RawClient } from '../kafka-broker/raw-client';
import { RealKafka } from './real-kafka';
import { answered, type Kind } from './target';

/** Who may authenticate. Root may do everything, the others what ACLs allow. */
export const users = { root: 'secret of root', alice: 'pencil', bob: 'péncil' };
export type User = keyof typeof users;

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];

/**
 * A broker that authenticates (SASL and, on another address, TLS with certificates of clients) and decides by ACLs: the embedded one,
 * as two brokers, for all listeners of one have the same settings; or a real Kafka with its StandardAuthorizer.
 */
export class SecuredTarget implements AsyncDisposable {
  readonly kind: Kind;
  /** Where SASL is spoken. */
  readonly sasl: string;
  /** Where TLS is spoken. */
  readonly tls: string;
  readonly certificates: Certificates;
  readonly #brokers: AsyncDisposable;
  #names = 0;

  private constructor(
    kind: Kind,
    at: { readonly sasl: string; readonly tls: string },
    certificates: Certificates,
    brokers: AsyncDisposable,
  ) {
    this.kind = kind;
    this.sasl = at.sasl;
    this.tls = at.tls;
    this.certificates = certificates;
    this.#brokers = brokers;
  }

  static async embedded(): Promise<SecuredTarget> {
    await using started = new AsyncDisposableStack();
    const certificates = await makeCertificates();
    const { ca, server } = certificates;
    const common = { acls: true, superUsers: ['root'], maxFetchWaitMs: 60_000, fastRebalance: false };
    const sasl = started.use(await KafkaBroker.start({ ...common, sasl: { users } }));
    const tls = started.use(
      await KafkaBroker.start({ ...common, tls: { ...server, ca: ca.cert, clientCertificates: 'required' } }),
    );
    const at = { sasl: sasl.address, tls: tls.address };
    return new SecuredTarget('embedded', at, certificates, started.move());
  }

  static async real(jars: string): Promise<SecuredTarget> {
    const certificates = await makeCertificates();
    await using started = new AsyncDisposableStack();
    const listeners = { CLIENT: 'SASL_PLAINTEXT', SECURE: 'SSL' };
    const kafka = started.use(await RealKafka.start(jars, settingsOf(certificates), listeners));
    await addScramUsers(kafka.address);
    const at = { sasl: kafka.listeners.get('CLIENT') ?? '', tls: kafka.listeners.get('SECURE') ?? '' };
    return new SecuredTarget('real', at, certificates, started.move());
  }

  differs<T>(_id: string, expected: Readonly<Record<Kind, T>>): T {
    return expected[this.kind];
  }

  /** A name that no other check uses. */
  name(what = 'name'): string {
    return `${what}-${++this.#names}`;
  }

  /** A connection that has not authenticated. */
  connect(): Promise<RawClient> {
    return RawClient.connect(this.sasl);
  }

  /** A connection in plain text, wherever to. */
  connectTo(address: string): Promise<RawClient> {
    return RawClient.connect(address);
  }

  /** A connection of a user. */
  async as(user: User): Promise<RawClient> {
    const client = await this.connect();
    await client.send(saslHandshakeApi, 1, { mechanism: 'PLAIN' });
    const token = plainToken(user);
    const { errorCode, errorMessage } = await client.send(saslAuthenticateApi, 2, { authBytes: token });
    if (errorCode !== 0) throw new Error(`${user} cannot authenticate: ${errorMessage}`);
    return client;
  }

  /** A new topic, made by root. */
  async topic(name = this.name('topic')): Promise<string> {
    using root = await this.as('root');
    const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
    const { topics } = await root.send(createTopicsApi, 4, { topics: [topic], timeoutMs: 30_000 });
    if (topics[0]?.errorCode !== 0) throw new Error(`creating ${name}: ${JSON.stringify(topics)}`);
    return name;
  }

  /** Makes an ACL, and waits until it acts: `is` asks for something that it changes. */
  async acl(
    acl: Partial<Acl> & Pick<Acl, 'resourceName' | 'operation'>,
    is: () => Promise<boolean>,
  ): Promise<void> {
    using root = await this.as('root');
    const { results } = await root.send(createAclsApi, 3, { creations: [{ ...allowAlice, ...acl }] });
    if (results[0]?.errorCode !== 0) throw new Error(`creating an ACL: ${JSON.stringify(results)}`);
    await answered(is);
  }

  /** Deletes all ACLs, and waits until that acts. */
  async withoutAcls(is: () => Promise<boolean>): Promise<void> {
    using root = await this.as('root');
    const any = { operation: 1, permissionType: 1, principalFilter: null, hostFilter: null };
    const filter = { ...any, resourceTypeFilter: 1, resourceNameFilter: null, patternTypeFilter: 1 };
    const { filterResults } = await root.send(deleteAclsApi, 3, { filters: [filter] });
    if (filterResults[0]?.errorCode !== 0) throw new Error(`deleting ACLs: ${JSON.stringify(filterResults)}`);
    await answered(is);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#brokers[Symbol.asyncDispose]());
  }
}

export interface Acl {
  readonly resourceType: number;
  readonly resourceName: string;
  readonly resourcePatternType: number;
  readonly principal: string;
  readonly host: string;
  readonly operation: number;
  readonly permissionType: number;
}

const allowAlice = {
  resourceType: 2,
  resourcePatternType: 3,
  principal: 'User:alice',
  host: '*',
  permissionType: 3,
};

export function plainToken(user: string, password: string = users[user as User]): Buffer {
  return Buffer.from(`\0${user}\0${password}`);
}

function settingsOf({ ca, server }: Certificates): Record<string, string> {
  const pem = (text: string) => text.trim().replaceAll('\n', '\\n');
  const plain = Object.entries(users).map(([name, password]) => `user_${name}="${escaped(password)}"`);
  const login = 'org.apache.kafka.common.security';
  return {
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // The plain listener is for the brokers themselves, and for making users.
    'super.users': 'User:root;User:ANONYMOUS',
    'listener.name.client.sasl.enabled.mechanisms': mechanisms.join(),
    'listener.name.client.plain.sasl.jaas.config': `${login}.plain.PlainLoginModule required ${plain.join(' ')};`,
    'listener.name.client.scram-sha-256.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'listener.name.client.scram-sha-512.sasl.jaas.config': `${login}.scram.ScramLoginModule required;`,
    'listener.name.secure.ssl.keystore.type': 'PEM',
    'listener.name.secure.ssl.keystore.key': pem(server.key),
    'listener.name.secure.ssl.keystore.certificate.chain': pem(server.cert),
    'listener.name.secure.ssl.truststore.type': 'PEM',
    'listener.name.secure.ssl.truststore.certificates': pem(ca.cert),
    'listener.name.secure.ssl.client.auth': 'required',
  };
}

/** A file of properties is read as Latin-1. */
function escaped(text: string): string {
  return text.replaceAll(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The names of both SCRAM mechanisms by their codes. */
const digests = { 1: 'sha256', 2: 'sha512' } as const;
const iterations = 4096;

/** A request may change each user once. */
async function addScramUsers(address: string): Promise<void> {
  using client = await RawClient.connect(address);
  for (const mechanism of [1, 2] as const) {
    const upsertions = Object.entries(users).map(([name, password]) => {
      const salt = Buffer.from(`salt of ${name}`);
      const saltedPassword = pbkdf2Sync(password, salt, iterations, 32 * mechanism, digests[mechanism]);
      return { name, mechanism, iterations, salt, saltedPassword };
    });
    const { results } = await client.send(alterUserScramCredentialsApi, 0, { deletions: [], upsertions });
    if (results.some(({ errorCode }) => errorCode !== 0)) throw new Error(JSON.stringify(results));
  }
  const known = Object.keys(users).map((name) => ({ name }));
  await answered(async () => {
    const described = await client.send(describeUserScramCredentialsApi, 0, { users: known });
    return described.results.every(({ credentialInfos }) => credentialInfos.length === 2);
  });
}
