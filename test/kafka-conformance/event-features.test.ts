import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { kafkaJars, RealKafka } from './real-kafka';

const root = resolve(__dirname, '../..');
const isRequired = process.env.BRINE_TEST_KAFKA === 'required';

/** The embedded broker has them in the acceptance run. */
test('the features of events pass on a real Kafka, in any order, on two lanes', {
  timeout: 180_000,
}, async (t) => {
  if (kafkaJars === undefined) {
    if (isRequired) throw new Error('BRINE_KAFKA_JARS names no jars of Kafka');
    return t.skip('BRINE_KAFKA_JARS names no jars of Kafka');
  }
  await using kafka = await RealKafka.start(kafkaJars);
  const reports = await mkdtemp(join(tmpdir(), 'brine-event-features-'));
  try {
    const { exitCode, output } = await acceptance({
      BRINE_PROVIDER: 'embedded',
      BRINE_KAFKA_PROVIDER: 'external',
      BRINE_KAFKA_BROKERS: kafka.address,
      BRINE_REPORTS_DIRECTORY: reports,
    });
    assert.equal(exitCode, 0, output);
    assert.match(output, /kafka +external/);
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
});

async function acceptance(env: NodeJS.ProcessEnv): Promise<{ exitCode: unknown; output: string }> {
  const runner = join(root, 'node_modules/@cucumber/cucumber/bin/cucumber.js');
  const args = [
    '--parallel',
    '2',
    '--order',
    'random',
    'features/vocabulary/events.feature',
    'features/vocabulary/event-schemas.feature',
    'features/events',
  ];
  const { NODE_TEST_CONTEXT: _context, ...all } = process.env;
  const inherited = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('BRINE_')));
  const child = spawn(process.execPath, [runner, ...args], {
    cwd: root,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [exitCode] = await once(child, 'close');
  return { exitCode, output };
}
