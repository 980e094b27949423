import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ResolvedConfiguration } from '../../../config';
import { BrineError, didYouMean, messageOf } from '../../../errors';
import type { InProcessService } from './contract';

/** Which function of which module a service is. */
export interface ServiceModule {
  readonly service: string;
  /** Relative to the project. */
  readonly module: string;
  readonly export: string;
  readonly projectDirectory: string;
}

/**
 * Makes sure, before anything is started, that the modules of all services are there.
 * @throws BrineError BRINE_CONFIG_002 naming the key of the first that is not, and the nearest file
 */
export function assertServiceModules({ services }: ResolvedConfiguration, projectDirectory: string): void {
  for (const [service, { module, url, export: name }] of Object.entries(services)) {
    if (module === undefined || url !== undefined) continue;
    serviceModuleFile({ service, module, export: name, projectDirectory });
  }
}

/**
 * Loads the module with this project's own loader of TypeScript.
 * @throws BrineError BRINE_CONFIG_002 naming the key when there is no such file, or no such function in it;
 *   BRINE_SERVICE_001 with the cause when the module throws
 */
export async function loadService(wanted: ServiceModule): Promise<InProcessService> {
  const exported = await exportsOf(wanted);
  const start = exported[wanted.export];
  if (typeof start === 'function') return start as InProcessService;
  const names = Object.keys(exported);
  throw new BrineError('BRINE_CONFIG_002', {
    key: `services.${wanted.service}.export`,
    source: 'brine({...})',
    value: JSON.stringify(wanted.export),
    reason: `${wanted.module} exports ${start === undefined ? 'nothing of this name' : `no function of this name, but ${typeof start}`}`,
    suggestion: didYouMean(wanted.export, names),
    expected: `the name of a function that starts the service; ${wanted.module} exports: ${names.join(', ') || 'nothing'}`,
  });
}

async function exportsOf(wanted: ServiceModule): Promise<Readonly<Record<string, unknown>>> {
  const file = serviceModuleFile(wanted);
  try {
    const exported = await loaded(file, wanted);
    const hasNames = (typeof exported === 'object' || typeof exported === 'function') && exported !== null;
    return hasNames ? (exported as Record<string, unknown>) : {};
  } catch (error) {
    throw new BrineError(
      'BRINE_SERVICE_001',
      {
        service: wanted.service,
        event: `could not be loaded: ${wanted.module} (services.${wanted.service}.module) throws ${described(error)}`,
        log: '',
        advice: 'correct the module, or what it imports',
      },
      { cause: error },
    );
  }
}

/** ECMAScript modules are loaded by Node itself, whatever TypeScript they hold. */
async function loaded(file: string, wanted: ServiceModule): Promise<unknown> {
  try {
    return requireOf(wanted)(file);
  } catch (error) {
    const isModule =
      error instanceof Error &&
      'code' in error &&
      ['ERR_REQUIRE_ESM', 'ERR_REQUIRE_ASYNC_MODULE'].includes(String(error.code));
    if (!isModule) throw error;
    return import(pathToFileURL(file).href);
  }
}

/** What is thrown while loading is mostly a fault in a file: the first frame of the stack says which. */
function described(error: unknown): string {
  const [, frame] = (error instanceof Error ? error.stack : undefined)?.match(/\n( +at .*)/) ?? [];
  return frame === undefined ? messageOf(error) : `${messageOf(error)}\n${frame}`;
}

function requireOf({ projectDirectory }: ServiceModule): NodeJS.Require {
  return createRequire(join(projectDirectory, 'package.json'));
}

/** @throws BrineError BRINE_CONFIG_002 naming the key and the nearest file when it is not there */
export function serviceModuleFile(wanted: ServiceModule): string {
  const { service, module, projectDirectory } = wanted;
  const path = resolve(projectDirectory, module);
  try {
    return requireOf(wanted).resolve(path);
  } catch (cause) {
    const folder = dirname(path);
    const beside = filesIn(folder).map((name) => relative(projectDirectory, join(folder, name)));
    throw new BrineError(
      'BRINE_CONFIG_002',
      {
        key: `services.${service}.module`,
        source: 'brine({...})',
        value: JSON.stringify(module),
        reason: 'there is no such file',
        suggestion: didYouMean(relative(projectDirectory, path), beside),
        expected: `a TypeScript or JavaScript file, relative to ${projectDirectory}`,
      },
      { cause },
    );
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
