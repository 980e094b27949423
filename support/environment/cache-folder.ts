import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { BrineError, messageOf } from '../errors';

/** The variable that names it. */
const variable = 'BRINE_CACHE_DIR';

/** Where prepared clusters are kept from run to run; `BRINE_CACHE_DIR` names another place. */
export function cacheDirectory(environment: NodeJS.ProcessEnv): string {
  const base = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  return resolve(environment[variable] || join(base, 'brine'));
}

/** Whether the user has named it: then that it cannot be used is an error, not only slow. */
export function cacheIsNamed(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment[variable]);
}

/** @returns the error that names variable and value */
export function unusableCache(folder: string, error: unknown): BrineError {
  const reason = `${variable} is ${folder}, where prepared databases cannot be kept: ${messageOf(error)}`;
  const advice = 'name a folder that exists or can be made; without the variable it is ~/.cache/brine';
  return new BrineError('BRINE_CONFIG_004', { reason, advice }, { cause: error });
}
