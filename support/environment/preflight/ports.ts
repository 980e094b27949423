import { backingServiceNames, environmentName, type ResolvedConfiguration } from '../../config';
import { freePort, holderOf, isFree } from '../ports';
import { type Finding, problem } from './finding';

/** A port of the configuration, and the lanes that count up from it. */
export interface WantedPort {
  /** Its key: `['services', 'orders', 'port']`. */
  readonly key: readonly string[];
  readonly first: number | undefined;
  readonly lanes: number;
}

/** A problem for each port that something else listens on. */
export async function examinePorts(subject: string, wanted: WantedPort): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let lane = 0; wanted.first !== undefined && lane < wanted.lanes; lane++) {
    const taken = await whoHolds(wanted.first + lane);
    if (taken === undefined) continue;
    const text = `port ${wanted.first + lane} (${wanted.key.join('.')}) is in use${taken}`;
    findings.push(
      problem(subject, text, `${environmentName(wanted.key)}=${await freePort()} npx cucumber-js`),
    );
  }
  return findings;
}

/** A problem for each port that the configuration gives to two, whose lanes count up from theirs. */
export function examineSharedPorts(configuration: ResolvedConfiguration, lanes: number): Finding[] {
  const holders = new Map<number, string>();
  const findings: Finding[] = [];
  for (const { subject, key, first, lanes: count } of portsOf(configuration, lanes)) {
    for (let port = first; port < first + count; port++) {
      const holder = holders.get(port);
      const name = key.join('.');
      if (holder === undefined || holder === name) holders.set(port, name);
      else {
        const text = `port ${port} is given twice, by ${holder} and ${name}`;
        findings.push(problem(subject, text, `${environmentName(key)}=${first + lanes} npx cucumber-js`));
      }
    }
  }
  return findings;
}

function portsOf({ services, stubs, ...backing }: ResolvedConfiguration, lanes: number) {
  const ofBacking = backingServiceNames.flatMap((name) => {
    const { port, provider = backing.provider } = backing[name];
    const mayListen = provider === 'auto' || provider === 'embedded';
    return mayListen
      ? [{ subject: name, key: [name, 'port'], port, lanes: name === 'postgres' ? 1 : lanes }]
      : [];
  });
  const ofServices = Object.entries(services).map(([name, { port, url }]) => ({
    subject: name,
    key: ['services', name, 'port'],
    port: url === undefined ? port : undefined,
    lanes: 1,
  }));
  const ofStubs = Object.entries(stubs).map(([name, { port }]) => ({
    subject: name,
    key: ['stubs', name, 'port'],
    port,
    lanes,
  }));
  return [...ofBacking, ...ofServices, ...ofStubs].flatMap(({ port, ...rest }) =>
    port === undefined ? [] : [{ ...rest, first: port }],
  );
}

/** ` by node (process 4711)`, '' when the system does not tell; undefined when the port is free. */
export async function whoHolds(port: number, host?: string): Promise<string | undefined> {
  if (await isFree(port, host)) return undefined;
  const holder = holderOf(port);
  return holder === undefined ? '' : ` by ${holder}`;
}
