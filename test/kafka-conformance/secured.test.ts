import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kafkaJars } from './real-kafka';
import type { SecuredCheck } from './secured-check';
import { SecuredTarget } from './secured-target';

/** The same checks of SASL, TLS and ACLs against the embedded broker and a real Kafka; see conformance.test.ts. */
const folder = join(__dirname, 'secured-cases');
const checks = readdirSync(folder).flatMap(
  (file): readonly SecuredCheck[] => require(join(folder, file)).checks.all,
);
const isRequired = process.env.BRINE_TEST_KAFKA === 'required';

function conforms(kind: string, start: () => Promise<SecuredTarget>, skip: string | false): void {
  describe(kind, { skip, concurrency: false }, () => {
    let target: SecuredTarget;
    before(async () => {
      target = await start();
    });
    after(() => target[Symbol.asyncDispose]());
    for (const { name, body } of checks) test(name, { timeout: 60_000 }, () => body(target));
  });
}

conforms('the embedded broker', () => SecuredTarget.embedded(), false);
conforms(
  'a real Kafka',
  () => {
    if (kafkaJars === undefined) throw new Error('BRINE_KAFKA_JARS names no jars of a real Kafka');
    return SecuredTarget.real(kafkaJars);
  },
  kafkaJars === undefined && !isRequired ? 'BRINE_KAFKA_JARS names no jars' : false,
);
