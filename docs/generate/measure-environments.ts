import { writeFileSync } from 'node:fs';
import type { Facts, Measurements } from '../../test/conformance/facts';
import { measure, providers, services } from '../../test/conformance/measure';
import { environmentsPage, readMeasurements } from './environments';
import { pathOfPage } from './page';

type Measured = Record<string, Record<string, Facts>>;

/**
 * `npm run docs:environments`: looks at every provider that is available here, and writes down what it finds. What was
 * found before of the others is kept. KAFKA_BROKERS (with KAFKA_VERSION) names a real Kafka for the external one.
 */
async function main(): Promise<void> {
  const before = readMeasurements();
  const found: Measured = {};
  for (const service of services) {
    found[service] = {};
    for (const provider of providers) {
      const facts = await attempt(service, provider, before);
      if (facts !== undefined) found[service][provider] = facts;
    }
  }
  writeFileSync(pathOfPage('environments.json'), `${JSON.stringify(found, null, 2)}\n`);
  writeFileSync(pathOfPage('environments.md'), environmentsPage(found));
}

async function attempt(
  service: (typeof services)[number],
  provider: (typeof providers)[number],
  before: Measurements,
): Promise<Facts | undefined> {
  const kept = before[service]?.[provider];
  // without a real one it would be a second look at the embedded one
  if (service === 'kafka' && provider === 'external' && kept && !process.env.KAFKA_BROKERS) return kept;
  try {
    const facts = await measure(service, provider);
    process.stderr.write(`${service} ${provider}: measured\n`);
    return facts;
  } catch (error) {
    process.stderr.write(`${service} ${provider}: kept as it was (${(error as Error).message})\n`);
    return kept;
  }
}

void main();
