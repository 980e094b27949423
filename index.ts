/** What a project that uses Brine imports. */

export { action, assertion, parameterType, setup, stepsUsing } from './step-definitions/define';
export type { Configuration } from './support/config';
export { BrineError } from './support/errors';
export { brine, type CucumberProfile } from './support/profile';
export type { AcceptanceWorld } from './world/acceptance-world';
export { mayRunBeside } from './world/parallel-rules';
