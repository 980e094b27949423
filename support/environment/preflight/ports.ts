import { environmentName } from '../../config';
import { assertPortIsFree, freePort, holderOf } from '../ports';
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

/** ` by node (process 4711)`, '' when the system does not tell; undefined when the port is free. */
async function whoHolds(port: number): Promise<string | undefined> {
  try {
    await assertPortIsFree(port, '', '');
    return undefined;
  } catch {
    const holder = holderOf(port);
    return holder === undefined ? '' : ` by ${holder}`;
  }
}
