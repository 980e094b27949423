import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Check } from './check';
import { kafkaJars } from './real-kafka';
import { Target } from './target';

/**
 * The same checks against the embedded broker and a real Kafka. BRINE_KAFKA_JARS names the jars of the real one
 * (.ci/kafka/fetch-jars.sh fetches them); BRINE_TEST_KAFKA=required makes it a failure to have none.
 */
const folder = join(__dirname, 'cases');
const checks = readdirSync(folder).flatMap(
  (file): readonly Check[] => require(join(folder, file)).checks.all,
);
const isRequired = process.env.BRINE_TEST_KAFKA === 'required';

function conforms(kind: string, start: () => Promise<Target>, skip: string | false): void {
  describe(kind, { skip, concurrency: false }, () => {
    let target: Target;
    before(async () => {
      target = await start();
    });
    after(() => target[Symbol.asyncDispose]());
    for (const { name, body } of checks) {
      test(name, { timeout: 60_000 }, async () => {
        using client = await target.connect();
        await body(target, client);
      });
    }
  });
}

conforms('the embedded broker', () => Target.embedded(), false);
conforms(
  'a real Kafka',
  () => {
    if (kafkaJars === undefined) throw new Error('BRINE_KAFKA_JARS names no jars of a real Kafka');
    return Target.real(kafkaJars);
  },
  kafkaJars === undefined && !isRequired ? 'BRINE_KAFKA_JARS names no jars' : false,
);
