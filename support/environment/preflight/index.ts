import type { ResolvedConfiguration } from '../../config';
import { DockerEngine } from '../docker';
import { examineBackingServices } from './backing';
import type { Finding } from './finding';
import { examineMachine } from './machine';
import { examineSharedPorts } from './ports';
import { examineServices } from './services';

export type { Detail, Finding, Severity } from './finding';

/** What is known of a run before it starts. */
export interface Plan {
  readonly configuration: ResolvedConfiguration;
  readonly projectDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** How many lanes it will have. */
  readonly lanes: number;
}

/**
 * Looks at everything that a start needs, and starts nothing. Bounded: it takes seconds, or a little more than a minute
 * when images are pulled, which the run needs as well. Never rejects for what it finds.
 */
export async function examine(plan: Plan): Promise<Finding[]> {
  const docker = new DockerEngine(plan.environment);
  const [backing, services] = await Promise.all([
    examineBackingServices({ ...plan, docker }),
    examineServices({ ...plan, docker }),
  ]);
  return [
    ...examineMachine(plan.environment, plan.configuration),
    ...backing,
    ...services,
    ...examineSharedPorts(plan.configuration, plan.lanes),
  ];
}
