import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { executableRemedy } from './program-fault';
import type { Availability, BackingServiceName, ProviderName } from './provider';

/** A provider that was looked at, and why it cannot be had. */
export interface Refusal extends Pick<Availability, 'reason' | 'command'> {
  readonly provider: string;
}

/**
 * The one command most likely to help where a backing service cannot be had; the doctor and every start suggest the same.
 * @param wanted what the configuration asks for
 * @param refusals of the providers that were tried
 * @param environment in which programs are looked for
 */
export function remedyFor(
  service: BackingServiceName,
  wanted: 'auto' | ProviderName,
  refusals: readonly Refusal[],
  environment: NodeJS.ProcessEnv = process.env,
): string {
  const key = `BRINE_${service.toUpperCase()}`;
  const own = refusals.find(({ command }) => command !== undefined)?.command;
  if (own !== undefined) return own;
  if (wanted === 'external') return `${key}_PROVIDER=auto npx cucumber-js`;
  if (wanted === 'container' || wanted === 'compose') {
    const reason = refusals.find(({ provider }) => provider === wanted)?.reason ?? '';
    return dockerRemedy(reason, key, environment);
  }
  const reasons = refusals.map(({ reason }) => reason).join('\n');
  return (
    executableRemedy(reasons) ??
    (reasons.includes('redis.binary')
      ? 'BRINE_REDIS_BINARY=$(command -v redis-server) npx cucumber-js'
      : 'npm ci')
  );
}

function dockerRemedy(reason: string, key: string, environment: NodeJS.ProcessEnv): string {
  const missing = missingImage(reason);
  if (missing !== undefined) return `docker pull ${missing}`;
  if (/no permission/.test(reason)) return 'sudo usermod -aG docker "$USER" && newgrp docker';
  if (/DOCKER_TLS_VERIFY is set/.test(reason)) return 'unset DOCKER_TLS_VERIFY';
  if (/set DOCKER_TLS_VERIFY=1/.test(reason)) return 'DOCKER_TLS_VERIFY=1 npx cucumber-js';
  if (/DOCKER_HOST/.test(reason)) return 'unset DOCKER_HOST';
  if (!hasProgram('dockerd', environment) && !hasProgram('docker', environment)) {
    return `${key}_PROVIDER=auto npx cucumber-js`; // there is no Docker to be started
  }
  return process.platform === 'linux' ? 'sudo systemctl start docker' : 'open -a Docker';
}

/** The image that an engine has not, in what a provider said. */
export function missingImage(reason: string): string | undefined {
  return /but (\S+) is not there and cannot be pulled/.exec(reason)?.[1];
}

function hasProgram(name: string, { PATH = '' }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
