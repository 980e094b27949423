import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ServiceConfiguration } from '../../config';
import { BrineError, messageOf } from '../../errors';

/** What connections to a service over TLS need: PEM texts. */
export interface TlsIdentity {
  /** Whose certificates are trusted, instead of those that the platform trusts. */
  readonly ca?: string | undefined;
  /** The client's certificate and its key, for a service that asks for one. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Reads the files that `services.<name>.tls` names.
 * @throws BrineError BRINE_CONFIG_002 naming the key whose file cannot be read
 */
export function tlsIdentity(
  service: string,
  { tls = {} }: ServiceConfiguration,
  projectDirectory: string,
): TlsIdentity {
  const read = (key: 'ca' | 'cert' | 'key') =>
    tls[key] === undefined ? undefined : pemOf(`services.${service}.tls.${key}`, tls[key], projectDirectory);
  return { ca: read('ca'), cert: read('cert'), key: read('key') };
}

function pemOf(key: string, file: string, projectDirectory: string): string {
  try {
    return readFileSync(resolve(projectDirectory, file), 'utf8');
  } catch (error) {
    const parameters = { key, source: 'brine({...})', value: file, reason: messageOf(error), suggestion: '' };
    throw new BrineError(
      'BRINE_CONFIG_002',
      { ...parameters, expected: 'a PEM file, relative to the project' },
      { cause: error },
    );
  }
}

/** How addresses of a service begin. */
export function schemeOf({ tls }: ServiceConfiguration): 'http' | 'https' {
  return tls === undefined ? 'http' : 'https';
}
