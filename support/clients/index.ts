export { bytesFrom } from './cache-bytes';
export type { ChannelMessage } from './cache-channels';
export {
  type CacheAddition,
  CacheClient,
  type CacheEntry,
  type CachePart,
  typeName,
} from './cache-client';
export type { LastRead } from './cache-watch';
export type { ColumnDescription, ColumnKind, NamedType, TableDescription } from './database-catalogue';
export { DatabaseClient } from './database-client';
export { columnDefault, type WrittenCell } from './database-inserts';
export { misfitReason, nullHint, type TypedText } from './database-misfits';
export type { DatabaseRow } from './database-row';
export { candidates, type ExpectedCells, nearestRows, type Statement } from './database-search';
export { arrayText, type ReadRows } from './database-values';
export { describeLag, EventClient, type OutgoingEvent, type PublishedEvent } from './event-client';
export { EventRecorder } from './event-recorder';
export type { EventSource, GroupProgress, SourceRecord } from './event-source';
export {
  HttpClient,
  type HttpExchange,
  type HttpRequest,
  shownBody,
  type TlsIdentity,
} from './http-client';
export { HttpCookies, readSetCookie, type SetCookie } from './http-cookies';
export { withQuery } from './http-path';
export type { Ownership } from './ownership';
export type { HeaderValue, RecordedEvent } from './recorded-event';
export type { ServiceConnection } from './service-connection';
export { quoted } from './sql-names';
