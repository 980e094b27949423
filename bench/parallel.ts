/**
 * What lanes gain and what Brine costs: `npm run bench:parallel`, or with more rounds than 1: `... -- 3`.
 *
 * A suite that waits, as acceptance suites do (a service answers at once, and writes its row and its event 300 ms
 * later), serial and with `--parallel 2`. And a suite that only computes, with Brine and with cucumber-js alone; also a
 * longer one, which tells what each scenario costs from what a run costs once. All take turns, so that the noise of the
 * machine is shared: read ratios rather than milliseconds.
 */
import { Project } from '../test/runs/project';
import { digits, main, print, Samples, table } from './harness';

const rounds = Number(process.argv[2] ?? 1);
const waiting = 80;
const computing = 100;
const computingLong = 400;
const gain = 1.7;
/** The noise of two runs of the same thing, on a machine that does something else as well. */
const noise = 1.05;

const service = `
const { createServer } = require('node:http');
const { Client } = require('pg');
const { Kafka, Partitioners, logLevel } = require('kafkajs');
const database = new Client(process.env.DATABASE_URL);
const producer = new Kafka({ brokers: process.env.KAFKA.split(','), logLevel: logLevel.NOTHING })
  .producer({ createPartitioner: Partitioners.DefaultPartitioner });
const later = async () => {
  await database.query("INSERT INTO orders (state) VALUES ('placed')");
  await producer.send({ topic: process.env.PREFIX + 'orders', messages: [{ value: '{"state":"placed"}' }] });
};
Promise.all([database.connect(), producer.connect()]).then(() =>
  createServer((request, response) => {
    if (request.method === 'POST') setTimeout(later, 300);
    response.end('{}');
  }).listen(Number(process.env.PORT), '127.0.0.1'));
process.on('SIGTERM', () => process.exit(0));
`;

const waits = (name: string) => `
  Scenario: ${name}
    When I send POST "/orders"
    Then within 5 seconds table "orders" has 1 row
    And within 5 seconds topic "orders" has 1 event
`;

/** Some 30 ms of work, which two threads on two processors can do at once. */
const steps = `
const { When } = require('@cucumber/cucumber');
When('something is computed', () => {
  let sum = 0;
  for (let n = 0; n < 6e6; n++) sum = (sum * 31 + n) % 1000003;
  if (sum < 0) throw new Error('it is not');
});
`;

const computes = (name: string) => `
  Scenario: ${name}
${'    When something is computed\n'.repeat(3)}`;

function feature(count: number, scenario: (name: string) => string): string {
  return `Feature: many\n${Array.from({ length: count }, (_, n) => scenario(`number ${n}`)).join('')}`;
}

/** One way to run a suite, and what it took each time. */
class Way {
  readonly samples: Samples;

  constructor(
    readonly name: string,
    private readonly project: Project,
    private readonly args: readonly string[],
  ) {
    this.samples = new Samples(name);
  }

  async run(isWarmUp: boolean): Promise<void> {
    const { durationMs, exitCode, output } = await this.project.run(
      isWarmUp ? [...this.args, '--name', 'number 0$'] : this.args,
    );
    if (exitCode !== 0) throw new Error(`${this.name} failed:\n${output}`);
    if (!isWarmUp) this.samples.add(durationMs);
  }
}

async function bench(): Promise<void> {
  await using waitingSuite = await Project.create({
    files: {
      'service.js': service,
      'schema.sql': 'CREATE TABLE orders (id serial PRIMARY KEY, state text)',
      'features/waits.feature': feature(waiting, waits),
    },
    brine: `{
      databases: { main: { sql: ['schema.sql'] } },
      kafka: { topics: { orders: { partitions: 1 } } },
      services: { orders: { command: 'node service.js', env: { PORT: '{{self.port}}', DATABASE_URL: '{{postgres.url}}',
        KAFKA: '{{kafka.brokers}}', PREFIX: '{{kafka.topicPrefix}}' } } },
    }`,
  });
  const computed = (count: number) => ({
    'steps.js': steps,
    'features/computes.feature': feature(count, computes),
  });
  const bare = { 'cucumber.js': `module.exports = { default: { require: ['steps.js'] } };` };
  await using withBrine = await Project.create({ files: computed(computing) });
  await using alone = await Project.create({ files: { ...computed(computing), ...bare } });
  await using longWithBrine = await Project.create({ files: computed(computingLong) });
  await using longAlone = await Project.create({ files: { ...computed(computingLong), ...bare } });
  const parallel = ['--parallel', '2'];
  const ways = {
    serial: new Way(`${waiting} scenarios that wait, serial`, waitingSuite, []),
    lanes: new Way(`${waiting} scenarios that wait, --parallel 2`, waitingSuite, parallel),
    brineSerial: new Way(`${computing} that compute, Brine, serial`, withBrine, []),
    aloneSerial: new Way(`${computing} that compute, cucumber-js alone, serial`, alone, []),
    brine: new Way(`${computing} that compute, Brine, --parallel 2`, withBrine, parallel),
    alone: new Way(`${computing} that compute, cucumber-js alone, --parallel 2`, alone, parallel),
    longBrine: new Way(`${computingLong} that compute, Brine, --parallel 2`, longWithBrine, parallel),
    longAlone: new Way(`${computingLong} that compute, cucumber-js alone, --parallel 2`, longAlone, parallel),
  };
  for (let round = -1; round < rounds; round++) {
    for (const way of Object.values(ways)) await way.run(round < 0);
  }
  const rows = Object.values(ways).map(({ name, samples }) => [
    name,
    digits(samples.quantile(0)),
    digits(samples.median),
    digits(samples.quantile(1)),
    String(samples.count),
  ]);
  print(table(['suite', 'least ms', 'median ms', 'most ms', 'rounds'], rows));
  const median = (way: Way) => way.samples.median;
  const faster = median(ways.serial) / median(ways.lanes);
  const cost = (brine: Way, without: Way) => {
    const [ours, theirs] = [median(brine), median(without)];
    return `${digits(ours / theirs)} x its time (${Math.round(ours - theirs)} ms more)`;
  };
  const each = (long: Way, short: Way) => (median(long) - median(short)) / (computingLong - computing);
  const [eachBrine, eachAlone] = [each(ways.longBrine, ways.brine), each(ways.longAlone, ways.alone)];
  const brineGain = median(ways.brineSerial) / median(ways.brine);
  const aloneGain = median(ways.aloneSerial) / median(ways.alone);
  print('\n');
  print(
    table(
      ['target', 'met', 'measured'],
      [
        [
          `a suite that waits is ${gain} x as fast with two lanes`,
          faster >= gain ? 'yes' : 'NO',
          `${digits(faster)} x (floor: ${waiting} waits of 300 ms, halved: ${digits((waiting * 300) / 2)} ms)`,
        ],
        [
          'one that computes gains from two lanes what cucumber-js alone gains',
          brineGain * noise >= aloneGain ? 'yes' : 'NO',
          `${digits(brineGain)} x, alone ${digits(aloneGain)} x`,
        ],
        [
          'a scenario that computes takes no longer than with cucumber-js alone',
          eachBrine <= eachAlone * noise ? 'yes' : 'NO',
          `${digits(eachBrine)} ms, alone ${digits(eachAlone)} ms`,
        ],
        [
          `a run of ${computingLong} takes no longer, its start and its report included`,
          median(ways.longBrine) <= median(ways.longAlone) * noise ? 'yes' : 'NO',
          cost(ways.longBrine, ways.longAlone),
        ],
        [
          `a run of ${computing} takes no longer`,
          median(ways.brine) <= median(ways.alone) * noise ? 'yes' : 'NO',
          cost(ways.brine, ways.alone),
        ],
      ],
    ),
  );
}

main(bench);
