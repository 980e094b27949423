/** What a project that uses Brine imports. */
export type { Configuration } from './support/config';
export { brine, type CucumberProfile } from './support/profile';
