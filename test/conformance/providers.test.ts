import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { environmentsPage, readMeasurements, rowsOf } from '../../docs/generate/environments';
import { readPage } from '../../docs/generate/page';
import { reasonOf } from '../../docs/generate/why-providers-differ';
import { dockerHas, images } from '../environment/containers';
import type { Facts } from './facts';
import { measure, providers, services } from './measure';

const measurements = readMeasurements();
const stale = 'it is stale: run `npm run docs:environments`';

/** What features and step libraries count on, whatever the provider. */
const promised = {
  postgres: ['may create databases', 'reset between scenarios', 'NOTIFY and LISTEN'],
  redis: ['keys expire by themselves', 'transactions (MULTI, EXEC)'],
  kafka: [
    'transactions can be committed',
    'transactions can be aborted',
    'a committed transaction arrives',
    'an aborted one does not',
    'gzip arrives',
    'headers arrive',
    'tombstones (null) arrive',
    "the producer's timestamp is kept",
    'records can be deleted',
    'empty groups can be deleted',
    'partitions can be added',
  ],
};

describe('docs/environments.md', () => {
  it('says what was measured', () => {
    assert.equal(readPage('environments.md'), environmentsPage(measurements), stale);
  });

  for (const service of services) {
    it(`${service}: every row that differs says why`, () => {
      const differing = rowsOf(measurements[service] ?? {}).filter(({ differs }) => differs);
      const unexplained = differing.map(({ name }) => name).filter((name) => reasonOf(service, name) === '');
      assert.deepEqual(unexplained, [], 'say it in docs/generate/why-providers-differ.ts');
    });
  }

  for (const service of services) {
    it(`${service}: what is promised of every provider holds wherever it was measured`, () => {
      for (const [provider, facts] of Object.entries(measurements[service] ?? {})) {
        const broken = promised[service].filter((name) => facts[name] !== 'yes');
        assert.deepEqual(broken, [], provider);
      }
    });
  }

  for (const service of services) {
    for (const provider of providers) {
      it(`${service} ${provider}: its column is what a look at it gives`, async (t) => {
        const written = measurements[service]?.[provider];
        if (written === undefined)
          return t.skip('it was not measured: run `npm run docs:environments` with Docker');
        if (provider === 'container' && !(await dockerHas(images[service], t))) return;
        if (service === 'kafka' && provider === 'external' && process.env.KAFKA_BROKERS === undefined)
          return t.skip('KAFKA_BROKERS names none');
        const facts = await look(t, () => measure(service, provider));
        if (facts === undefined) return;
        // a server that is not Brine's to choose may be of another version here than where it was measured
        if (provider !== 'embedded' && facts.version !== written.version)
          return t.skip(`measured was ${written.version}, here is ${facts.version}`);
        assert.deepEqual(facts, written, stale);
      });
    }
  }

  it('a Kafka that is reached by its address is as the one that is embedded', async () => {
    const { KAFKA_BROKERS: given, ...rest } = process.env;
    process.env = rest;
    try {
      const {
        version: _version,
        "a lane's topics are": _topics,
        ...facts
      } = await measure('kafka', 'external');
      const { version, "a lane's topics are": topics, ...embedded } = measurements.kafka?.embedded ?? {};
      assert.deepEqual(facts, embedded);
      assert.match(`${version} ${topics}`, /^Brine's own broker .* on a broker of its own$/);
    } finally {
      if (given !== undefined) process.env.KAFKA_BROKERS = given;
    }
  });
});

/** The facts, or undefined where the machine has no such server; the test is skipped then. */
async function look(t: TestContext, measured: () => Promise<Facts>): Promise<Facts | undefined> {
  try {
    return await measured();
  } catch (error) {
    if (!/did not start/.test((error as Error).message)) throw error;
    t.skip((error as Error).message);
    return undefined;
  }
}
