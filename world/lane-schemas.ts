import { BrineError } from '../support/errors';
import type { EventSchemas } from '../support/schema-registry';
import { systemClock } from '../support/time';
import { schemaLibrary } from './schema-library';

/** The schemas of a lane's events, and the registry that services use. */
export interface OpenedSchemas {
  readonly schemas: EventSchemas;
  readonly url: string;
  readonly disposables: readonly AsyncDisposable[];
}

/**
 * A registry of the lane's own, or somebody's.
 * @param registry `embedded`, or a URL
 * @throws BrineError BRINE_SCHEMA_003 when no registry answers there
 */
export async function openSchemas(registry: string, topicPrefix: string): Promise<OpenedSchemas> {
  const library = schemaLibrary();
  const embedded = registry === 'embedded' ? await library.EmbeddedRegistry.start() : undefined;
  const url = embedded?.url ?? registry;
  const schemas = await library.EventSchemas.open({ url, topicPrefix, embedded, clock: systemClock });
  return { schemas, url, disposables: embedded === undefined ? [schemas] : [embedded, schemas] };
}

/** @throws BrineError BRINE_STEP_002 always */
export function noSchemaRegistry(): never {
  throw new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: 'the configuration names no schema registry',
    advice: 'set kafka.schemaRegistry: "embedded", or the URL of one',
  });
}
