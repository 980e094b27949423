/**
 * Producers, consumers and a transactional copy under random faults, with a checker of the history:
 * `node -r ./support/typescript/register.js bench/kafka-soak.ts [seconds, default 600] [seed]`. Ends with 1 when something was lost, twice or out of order.
 */
import { faultsIn } from '../test/kafka-broker/soak/history';
import { seeded, soak } from '../test/kafka-broker/soak/soak';
import { main, print } from './harness';

async function run(): Promise<void> {
  const [seconds = '600', seed = String(Date.now())] = process.argv.slice(2);
  print(`seed ${seed}\n`);
  const history = await soak({
    seconds: Number(seconds),
    random: seeded(Number(seed)),
    log: (line) => print(`${line}\n`),
  });
  const { acknowledged, stored, delivered, copied } = history;
  const counts = { acknowledged, stored, delivered, copied };
  for (const [what, messages] of Object.entries(counts)) print(`${what}: ${messages.length}\n`);
  for (const [fault, times] of Object.entries(history.faults)) print(`${fault}: ${times} times\n`);
  const faults = faultsIn(history);
  for (const fault of [...faults.slice(0, 10), ...faults.slice(-10)]) print(`${fault}\n`);
  if (faults.length > 0) throw new Error(`${faults.length} faults in the history`);
  print('nothing acknowledged was lost; per key in order; copied exactly once\n');
}

main(run);
