import type { WireReader } from './reader';
import { taggedFields } from './struct';
import { nullableString } from './types';
import type { WireWriter } from './writer';

/** RequestHeader.json, as far as every version has it. */
export interface RequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string;
}

/** The client id keeps its old, not compact, form in the flexible header too (KIP-482). */
export function readRequestHeader(reader: WireReader): RequestHeader {
  return {
    apiKey: reader.int16(),
    apiVersion: reader.int16(),
    correlationId: reader.int32(),
    clientId: nullableString.read(reader, { version: 1, flexible: false }) ?? '',
  };
}

/** The rest of a request header of version 2, which flexible requests have. */
export function readFlexibleHeaderEnd(reader: WireReader): void {
  taggedFields.read(reader);
}

/** ResponseHeader.json: version 1 for flexible responses, but for ApiVersions, which always has version 0. */
export function writeResponseHeader(writer: WireWriter, correlationId: number, flexible: boolean): void {
  writer.int32(correlationId);
  if (flexible) taggedFields.write(writer);
}
