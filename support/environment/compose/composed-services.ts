import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ResolvedConfiguration } from '../../config';
import { BrineError, didYouMean, messageOf } from '../../errors';
import type { NotStarted } from '../needs';
import { dockerCompose } from './command';
import type { ResolvedComposeFile } from './service-file';

const limitMs = 15_000;

/** The services under test that a run takes from the compose file, each with its name there. */
export function servicesFromCompose(
  { services }: ResolvedConfiguration,
  notStarted: NotStarted,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, { compose, url }] of Object.entries(services)) {
    if (compose !== undefined && url === undefined && !(name in notStarted.services))
      found.set(name, compose);
  }
  return found;
}

/**
 * Makes sure, before anything is started, that the file can be read and has the services.
 * @throws BrineError BRINE_CONFIG_004 naming the file or the service
 */
export async function assertComposed(
  composed: ReadonlyMap<string, string>,
  file: string,
  projectDirectory: string,
): Promise<void> {
  if (composed.size === 0) return;
  const { services } = await readComposeFile(file, projectDirectory);
  for (const [name, wanted] of composed) {
    if (wanted in services) continue;
    const known = Object.keys(services);
    throw new BrineError('BRINE_CONFIG_004', {
      reason: `services.${name}.compose: ${file} has no service "${wanted}"`,
      advice: `${didYouMean(wanted, known)}it has ${known.join(', ')}`,
    });
  }
}

/**
 * The file with everything in it resolved, as `docker compose` does it.
 * @throws BrineError BRINE_CONFIG_004 with compose's words when it is not there or wrong, or compose is not installed
 */
export async function readComposeFile(file: string, projectDirectory: string): Promise<ResolvedComposeFile> {
  const path = resolve(projectDirectory, file);
  if (!existsSync(path)) throw cannot(file, `there is no ${path}`);
  try {
    const profiles = ['--profile', '*'];
    const answer = await dockerCompose(['--file', path, ...profiles, 'config', '--format', 'json'], limitMs);
    return JSON.parse(answer) as ResolvedComposeFile;
  } catch (error) {
    throw cannot(file, messageOf(error), error);
  }
}

function cannot(file: string, reason: string, cause?: unknown): BrineError {
  return new BrineError(
    'BRINE_CONFIG_004',
    {
      reason: `compose.file ${file} cannot be used: ${reason}`,
      advice: `try \`docker compose --file ${file} config\``,
    },
    { cause },
  );
}
