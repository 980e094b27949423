import { statfsSync } from 'node:fs';
import { engines } from '../../../package.json';
import type { ResolvedConfiguration } from '../../config';
import { BrineError, messageOf } from '../../errors';
import { cacheDirectory, cacheIsNamed } from '../cache-folder';
import { otherTemporaryFolder, temporaryFolder } from '../run-directory';
import { useFolder } from '../usable-folder';
import { type Finding, good, problem, warning } from './finding';

/** A run with a database needs about this much; below it is likely to fail in the middle. */
const neededBytes = 256 * 1024 ** 2;

/** Node, the cache folder, and room for a run's folder. */
export function examineMachine(
  environment: NodeJS.ProcessEnv,
  configuration: ResolvedConfiguration,
): Finding[] {
  const stops = cacheIsNamed(environment) && mayEmbedPostgres(configuration);
  return [
    node(process.versions.node),
    cache(cacheDirectory(environment), stops),
    room(),
    ...containerVariables(environment),
  ];
}

function node(version: string): Finding {
  const wanted = engines.node.replace(/^>=/, '');
  if (!isOlder(version, wanted)) return good('node', `${version} (${wanted} or newer is needed)`);
  const major = wanted.split('.')[0];
  return problem('node', `${version} is too old: ${wanted} or newer is needed`, `npm i -D node@${major}`);
}

/** Whether a version, such as `22.3.0`, is before another; missing parts are 0. */
export function isOlder(version: string, wanted: string): boolean {
  const [a, b] = [version, wanted].map((text) => text.split('.').map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

const ofContainers = /^(TESTCONTAINERS_.+|RYUK_.+|DOCKER_(HOST|TLS_VERIFY|CERT_PATH|AUTH_CONFIG|CONFIG))$/;
const isSecret = /AUTH/;

/** What decides where containers run, and is not in the configuration: it is easily forgotten. */
function containerVariables(environment: NodeJS.ProcessEnv): Finding[] {
  const set = Object.entries(environment).filter(([name, value]) => ofContainers.test(name) && value);
  if (set.length === 0) return [];
  const told = set.map(([name, value]) => `${name}=${isSecret.test(name) ? '***' : value}`);
  return [good('containers', `by the environment: ${told.join(', ')}`)];
}

function mayEmbedPostgres({ provider, postgres, databases }: ResolvedConfiguration): boolean {
  const wanted = postgres.provider ?? provider;
  const isMade = Object.values(databases).some(({ url }) => url === undefined);
  return isMade && (wanted === 'auto' || wanted === 'embedded');
}

function cache(folder: string, stops: boolean): Finding {
  try {
    useFolder(folder, 0o700);
    return good('cache folder', `${folder} can be written to`);
  } catch (error) {
    if (stops) {
      const text = `BRINE_CACHE_DIR names ${folder}, which cannot be written to: ${messageOf(error)}`;
      return problem('cache folder', text, 'unset BRINE_CACHE_DIR');
    }
    const text = `prepared databases cannot be kept in ${folder}, so every run migrates anew: ${messageOf(error)}`;
    return warning('cache folder', text, 'BRINE_CACHE_DIR=/tmp/brine-cache npx cucumber-js');
  }
}

function room(): Finding {
  try {
    return roomIn(temporaryFolder());
  } catch (error) {
    const reason = error instanceof BrineError ? String(error.parameters.reason) : messageOf(error);
    return problem('run folder', reason, otherTemporaryFolder());
  }
}

function roomIn(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${folder} has ${inWords(free)} free`;
  if (free >= neededBytes) return good('run folder', text);
  const more = `${text}; a run with a database needs some ${inWords(neededBytes)}`;
  return problem('run folder', more, otherTemporaryFolder());
}

function inWords(bytes: number): string {
  const gigabytes = bytes / 1024 ** 3;
  return gigabytes >= 1 ? `${gigabytes.toFixed(1)} GB` : `${Math.floor(bytes / 1024 ** 2)} MB`;
}
