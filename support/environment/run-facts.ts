import { readFileSync } from 'node:fs';
import type { ResolvedConfiguration } from '../config';
import { backingServiceNames } from '../config/backing-services';
import type { KafkaFacts } from './kafka/facts';
import type { NotStarted, ScenarioNeeds } from './needs';
import type { NetworkFacts } from './network';
import type { PostgresFacts } from './postgres/facts';
import type { BackingFacts, BackingServiceName } from './provider';
import type { RedisFacts } from './redis/facts';

/** All that a lane must know of its run. Plain data: it travels to the workers as a file. */
export interface RunFacts {
  readonly runId: string;
  readonly directory: string;
  readonly projectDirectory: string;
  readonly configuration: ResolvedConfiguration;
  /** What the chosen scenarios do not need; a backing service that is named here has no facts. */
  readonly notStarted: NotStarted;
  /** The backing services that each chosen scenario needs, by its pickle's identifier; all where it is not known. */
  readonly needs?: ScenarioNeeds;
  /** The network of the run's containers, where a service under test is an image. */
  readonly network?: NetworkFacts;
  readonly postgres?: PostgresFacts;
  readonly redis?: RedisFacts;
  readonly kafka?: KafkaFacts;
}

/** Provider and version of each backing service that was started, for the report. */
export function describeBackingServices(
  facts: RunFacts,
): Array<{ service: BackingServiceName } & BackingFacts> {
  return backingServiceNames.flatMap((service) => {
    const started = facts[service];
    return started === undefined ? [] : [{ service, ...summary(started) }];
  });
}

function summary({ provider, version, containerId }: BackingFacts): BackingFacts {
  return { provider, version, ...(containerId === undefined ? {} : { containerId }) };
}

/** The facts that {@link RunEnvironment.publishFacts} wrote. */
export function readRunFacts(file: string): RunFacts {
  return JSON.parse(readFileSync(file, 'utf8')) as RunFacts;
}
