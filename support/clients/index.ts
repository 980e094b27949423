export { CacheClient, type CacheEntry } from './cache-client';
export { type ColumnKind, DatabaseClient, type TableDescription } from './database-client';
export type { DatabaseRow } from './database-row';
export { describeLag, EventClient, type OutgoingEvent, type PublishedEvent } from './event-client';
export { EventRecorder, type RecordedEvent } from './event-recorder';
export type { EventSource, GroupProgress, SourceRecord } from './event-source';
export { HttpClient, type HttpExchange, type HttpRequest } from './http-client';
export type { Ownership } from './ownership';
export { quoted } from './sql-names';
