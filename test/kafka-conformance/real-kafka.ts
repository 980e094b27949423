import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../support/environment/ports';

/** Jars of a Kafka, as `.ci/kafka/fetch-jars.sh` fetches them; undefined when the environment names none. */
export const kafkaJars: string | undefined = process.env.BRINE_KAFKA_JARS;

const logging = resolve(__dirname, '../../.ci/docker/images/kafka/rootfs/opt/kafka/config/log4j2.properties');
const toolLogging = resolve(__dirname, '../../.ci/kafka/tools-log4j2.properties');
const run = promisify(execFile);

/** How one of Kafka's Java programs is called. */
export function javaArguments(jars: string, mainClass: string, args: readonly string[]): string[] {
  const quick = ['-Xmx256M', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];
  return [...quick, `-Dlog4j2.configurationFile=${toolLogging}`, '-cp', join(jars, '*'), mainClass, ...args];
}

/** A real Kafka, one node in a Java process of its own, on loopback, in a folder that goes with it. */
export class RealKafka implements AsyncDisposable {
  readonly address: string;
  /** Where its other listeners are, by name. */
  readonly listeners: ReadonlyMap<string, string>;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(
    [address, listeners]: readonly [string, ReadonlyMap<string, string>],
    child: ChildProcess,
    folder: string,
  ) {
    this.address = address;
    this.listeners = listeners;
    this.#child = child;
    this.#folder = folder;
  }

  /**
   * @param jars the folder of its jars
   * @param more listeners beside the plain one: the security protocol of each, by name
   * @throws when it ends before it serves; the message has the end of its log
   */
  static async start(
    jars: string,
    settings: Readonly<Record<string, string>> = {},
    more: Readonly<Record<string, string>> = {},
  ): Promise<RealKafka> {
    const folder = await mkdtemp(join(tmpdir(), 'brine-real-kafka-'));
    const names = Object.keys(more);
    const [port, controllerPort, ...others] = await freePorts(2 + names.length);
    const address = `127.0.0.1:${port}`;
    const listeners = new Map(names.map((name, index) => [name, `127.0.0.1:${others[index]}`]));
    const file = join(folder, 'server.properties');
    const properties = {
      ...defaults({ address, controller: `127.0.0.1:${controllerPort}`, folder, listeners, protocols: more }),
      ...settings,
    };
    await prepare(jars, file, properties);
    const child = spawnServer(jars, file);
    const kafka = new RealKafka([address, listeners], child, folder);
    await started(child).catch(async (error) => {
      await kafka[Symbol.asyncDispose]();
      throw error;
    });
    return kafka;
  }

  /** The process, for who wants to know what it takes. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

interface Placed {
  readonly address: string;
  readonly controller: string;
  readonly folder: string;
  readonly listeners: ReadonlyMap<string, string>;
  readonly protocols: Readonly<Record<string, string>>;
}

function defaults({ address, controller, folder, listeners, protocols }: Placed): Record<string, string> {
  const own = [`PLAINTEXT://${address}`, ...[...listeners].map(([name, at]) => `${name}://${at}`)];
  const named = { CONTROLLER: 'PLAINTEXT', PLAINTEXT: 'PLAINTEXT', ...protocols };
  return {
    'node.id': '1',
    'process.roles': 'broker,controller',
    listeners: [...own, `CONTROLLER://${controller}`].join(),
    'advertised.listeners': own.join(),
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': Object.entries(named)
      .map((entry) => entry.join(':'))
      .join(),
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.quorum.voters': `1@${controller}`,
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'log.dirs': join(folder, 'data'),
  };
}

/** Writes the settings of a node, and formats its storage. */
export async function prepare(
  jars: string,
  file: string,
  properties: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(properties).map((entry) => entry.join('='));
  await writeFile(file, lines.join('\n'));
  const format = ['format', '-t', '5L6g3nShT-eMCtK--X86sw', '-c', file];
  await run('java', javaArguments(jars, 'kafka.tools.StorageTool', format));
}

/** @param file its settings, prepared */
export function spawnServer(jars: string, file: string, heap = '512M'): ChildProcess {
  const server = ['-Xms128M', `-Xmx${heap}`, '-XX:+UseSerialGC', `-Dlog4j2.configurationFile=${logging}`];
  return spawn('java', [...server, '-cp', join(jars, '*'), 'kafka.Kafka', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** @throws when it ends before it serves; the message has the end of its log */
export function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const read = (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-20_000);
      if (log.includes('Kafka Server started')) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Kafka ended with ${code}:\n${log.slice(-3_000)}`)));
  });
}

/** Different ports that nobody listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
