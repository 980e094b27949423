export type { SchemaCodec, SchemaText, SchemaType } from './codec';
export { codecOf } from './codec-of';
export { EmbeddedRegistry } from './embedded/server';
export { EventSchemas, type EventSchemasOptions, type UsableSchema } from './event-schemas';
export type { SchemaDraft } from './registry-client';
