import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import type { Lane } from '../../world/lane';
import type { BackgroundService } from './background-service';
import { statement } from './statements';

/** Something a scenario does that leaves traces. */
export type Action =
  | { readonly sql: readonly string[]; readonly through: 'world' | 'world, in one transaction' }
  | {
      readonly sql: readonly string[];
      readonly through: 'service' | 'service, replica';
      readonly ending: 'each alone' | 'commit' | 'rollback' | 'rollback to savepoint, commit';
    }
  | { readonly cache: readonly (readonly [string, ...string[]])[]; readonly through: 'world' | 'service' }
  | { readonly publish: string; readonly delay: number; readonly partition: number }
  | { readonly publishInTransaction: string; readonly ending: 'commit' | 'abort' }
  | { readonly commitOffsets: string; readonly offset: number };

/** One scenario: everything through the world is in one transaction when it is transactional. */
export interface Scenario {
  readonly transactional: boolean;
  readonly actions: readonly Action[];
}

const key = fc.constantFrom('a', 'b', 'order:1', 'order:2', 'ключ', '');
const word = fc.constantFrom('x', '7', '', 'двa');
const command: fc.Arbitrary<readonly [string, ...string[]]> = fc.oneof(
  fc.tuple(fc.constant('SET'), key, word),
  fc
    .tuple(key, word, fc.integer({ min: 1, max: 40 }))
    .map(([name, value, ms]) => ['SET', name, value, 'PX', String(ms)] as const),
  fc.tuple(fc.constant('INCR'), key),
  fc.tuple(fc.constant('APPEND'), key, word),
  fc.tuple(fc.constant('HSET'), key, word, word),
  fc.tuple(fc.constant('RPUSH'), key, word),
  fc.tuple(fc.constant('SADD'), key, word),
  fc.tuple(key, word).map(([name, member]) => ['ZADD', name, '1.5', member] as const),
  fc.tuple(key, word).map(([name, value]) => ['XADD', name, '*', 'field', value] as const),
  fc.tuple(fc.constant('PFADD'), key, word),
  fc.tuple(key).map(([name]) => ['SETBIT', name, '7', '1'] as const),
  fc.tuple(key, fc.integer({ min: 1, max: 40 })).map(([name, ms]) => ['PEXPIRE', name, String(ms)] as const),
  fc.tuple(fc.constant('DEL'), key),
  fc.tuple(fc.constant('RENAME'), key, key),
);

const sql = fc.array(statement, { minLength: 1, maxLength: 4 });
const topic = fc.constantFrom('orders', 'payments', 'audit', 'unheard-of');

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      sql,
      through: fc.constantFrom('world' as const, 'world, in one transaction' as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      sql,
      through: fc.constantFrom('service' as const, 'service, replica' as const),
      ending: fc.constantFrom(
        'each alone' as const,
        'commit' as const,
        'rollback' as const,
        'rollback to savepoint, commit' as const,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      cache: fc.array(command, { minLength: 1, maxLength: 5 }),
      through: fc.constantFrom('world' as const, 'service' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ publish: topic, delay: fc.nat(15), partition: fc.nat(1) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      publishInTransaction: topic,
      ending: fc.constantFrom('commit' as const, 'abort' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      commitOffsets: fc.constantFrom('reports', 'billing'),
      offset: fc.nat(3),
    }),
  },
);

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  transactional: fc.boolean(),
  actions: fc.array(action, { minLength: 1, maxLength: 8 }),
});

/** How much of what was tried succeeded: a property of statements that all fail would prove nothing. */
export class Tally {
  readonly done = { statements: 0, commands: 0, events: 0, offsets: 0 };
  failed = 0;
  /** How often a database was made anew. */
  renewed = 0;

  /** Notes how it went; only the server's own refusals may be passed over. */
  async attempt(kind: keyof Tally['done'], work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      this.done[kind]++;
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.failed++;
      return false;
    }
  }
}

/** A code of PostgreSQL's, or Redis's complaint about a key of another type. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ReplyError')
    return /WRONGTYPE|not an integer|no such key|not a valid/.test(error.message);
  return 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

/** Carries out actions in one lane. */
export class Actor {
  constructor(
    private readonly lane: Lane,
    private readonly service: BackgroundService,
    private readonly tally: Tally,
    private readonly scenario: string,
  ) {}

  async perform(action: Action): Promise<void> {
    if ('sql' in action) {
      if ('ending' in action) await this.throughService(action.sql, action.through, action.ending);
      else await this.throughWorld(action.sql, action.through);
    } else if ('cache' in action) await this.cache(action.cache, action.through);
    else if ('publish' in action) await this.publish(action);
    else if ('publishInTransaction' in action) await this.publishInTransaction(action);
    else await this.commitOffsets(action);
  }

  private async throughWorld(statements: readonly string[], through: string): Promise<void> {
    const { client } = [...this.lane.databases.values()][0]!;
    if (through === 'world') {
      for (const text of statements) await this.tally.attempt('statements', () => client.query(text));
    } else {
      await this.tally.attempt('statements', () => client.inOneTransaction(statements.join('; ')));
    }
  }

  private async throughService(
    statements: readonly string[],
    through: string,
    ending: string,
  ): Promise<void> {
    const { database } = this.service;
    const role = through === 'service' ? 'origin' : 'replica';
    await database.query(`SET session_replication_role = ${role}`);
    if (ending !== 'each alone') await database.query('BEGIN');
    for (const [index, text] of statements.entries()) {
      if (ending.includes('savepoint') && index === 1) await database.query('SAVEPOINT middle');
      const done = await this.tally.attempt('statements', () => database.query(text));
      if (!done && ending !== 'each alone') break;
    }
    if (ending === 'each alone') return;
    if (ending.includes('savepoint') && statements.length > 1) {
      await this.tally.attempt('statements', () => database.query('ROLLBACK TO SAVEPOINT middle'));
    }
    const last = ending === 'rollback' ? 'ROLLBACK' : 'COMMIT';
    await this.tally.attempt('statements', () => database.query(last)); // deferred constraints
  }

  private async cache(commands: readonly (readonly [string, ...string[]])[], through: string): Promise<void> {
    const redis = through === 'world' ? this.lane.cache.redis : this.service.cache;
    for (const [name, ...parts] of commands) {
      await this.tally.attempt('commands', () => redis.call(name, ...parts));
    }
  }

  private async publish({ publish: topic, delay, partition }: Extract<Action, { publish: string }>) {
    const value = JSON.stringify({ scenario: this.scenario, delay });
    const place = topic === 'unheard-of' ? {} : { partition };
    await this.tally.attempt('events', () => this.lane.events.publish({ topic, value, ...place }));
  }

  private async publishInTransaction(action: Extract<Action, { publishInTransaction: string }>) {
    const producer = this.service.kafka.producer({
      transactionalId: `tx-${this.scenario}`,
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    const value = JSON.stringify({ scenario: this.scenario, delay: 0 });
    await transaction.send({ topic: action.publishInTransaction, messages: [{ key: 'k', value }] });
    if (action.ending === 'abort') await transaction.abort();
    else await this.tally.attempt('events', () => transaction.commit());
    await producer.disconnect();
  }

  private async commitOffsets({
    commitOffsets: groupId,
    offset,
  }: Extract<Action, { commitOffsets: string }>) {
    const consumer = this.service.kafka.consumer({ groupId, maxWaitTimeInMs: 20 });
    await consumer.connect();
    await consumer.subscribe({ topic: 'audit' });
    const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
    await consumer.run({ eachMessage: async () => {} });
    await joined;
    await this.tally.attempt('offsets', () =>
      consumer.commitOffsets([{ topic: 'audit', partition: 0, offset: String(offset) }]),
    );
    await consumer.disconnect();
  }
}
