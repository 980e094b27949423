/** What a project that uses Brine imports. */

import './support/typescript/register';

export { action, assertion, parameterType, setup, stepsUsing } from './step-definitions/define';
export { factory } from './step-definitions/factory';
export type { Configuration } from './support/config';
export {
  defineService,
  type InProcessService,
  type ServiceClock,
  type ServiceContext,
  type ServiceDatabase,
  type StartedService,
} from './support/environment/services/in-process/contract';
export { BrineError } from './support/errors';
export type { Attributes, FactoryContext, FactoryDefinition } from './support/factories';
export { brine, type CucumberProfile } from './support/runner/profile';
export { AcceptanceWorld } from './world/acceptance-world';
export {
  expectJson,
  expectLiteral,
  expectRows,
  fail,
  type JsonExpectation,
  type Literal,
  matchesJson,
  matchesLiteral,
  type RowsExpectation,
} from './world/expectations';
export { mayRunBeside } from './world/parallel-rules';
