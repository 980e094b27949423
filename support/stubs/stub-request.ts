import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { type JsonObject, jsonOrText } from '../matching';

/** A request that an outside service received. */
export interface StubRequest {
  readonly method: string;
  /** As it came, with its query. */
  readonly path: string;
  /** Names in lower case; values of a name that came more than once are one, with commas between. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without its compression; `base64:...` where it is no text. */
  readonly body: string;
}

/** Of a longer body, also once it is not compressed any more, no more is kept: it would fill the memory of the run. */
const mostBytes = 64 * 1024 * 1024;

type Decompress = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

/** In the format of zlib, as RFC 9110 (8.4.1.2) has it, or without its header and checksum, as some send it. */
const inflateEither: Decompress = (bytes, options) => {
  try {
    return inflateSync(bytes, options);
  } catch {
    return inflateRawSync(bytes, options);
  }
};

const decompress: Readonly<Record<string, Decompress>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateEither,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** Reads a request to its end; of a caller that hangs up, what came. */
export async function readRequest(request: IncomingMessage): Promise<StubRequest> {
  const bytes = plain(await bytesOf(request), request.headers['content-encoding'] ?? '');
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: headersOf(request),
    body: isUtf8(bytes) ? bytes.toString('utf8') : `base64:${bytes.toString('base64')}`,
  };
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      if (length < mostBytes) chunks.push(chunk.subarray(0, mostBytes - length));
      length += chunk.length;
    }
  } catch {
    // the caller hung up; what came is what there is
  }
  return Buffer.concat(chunks);
}

/** Without its codings, the last one first; as it came where that cannot be. */
function plain(bytes: Buffer, codings: string): Buffer {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  try {
    return names.reduceRight(
      (coded, name) => decompress[name]?.(coded, { maxOutputLength: mostBytes }) ?? coded,
      bytes,
    );
  } catch {
    return bytes;
  }
}

function headersOf({ headersDistinct }: IncomingMessage): Record<string, string> {
  const entries = Object.entries(headersDistinct).map(
    ([name, values = []]) => [name, values.join(name === 'cookie' ? '; ' : ', ')] as const,
  );
  return Object.fromEntries(entries);
}

/** A request as rules and messages see it: its path without its query, a name of the query that came more than once as a list. */
export function asJson({ method, path, headers, body }: StubRequest): JsonObject {
  const [pathname, search] = splitTarget(path);
  return {
    method,
    path: uniformPath(pathname),
    query: queryFields(search),
    headers: { ...headers },
    body: jsonOrText(body),
  };
}

/** The path and the query of a request's target, which proxies send as a whole URL (RFC 9112, 3.2). */
export function splitTarget(target: string): [path: string, query: string] {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
  const at = path.indexOf('?');
  return at === -1 ? [path || '/', ''] : [path.slice(0, at) || '/', path.slice(at + 1)];
}

/** A query as fields: texts, or lists of texts. */
export function queryFields(search: string): Record<string, string | string[]> {
  const query = new URLSearchParams(search);
  const fields = [...new Set(query.keys())].map((name) => {
    const [first = '', ...others] = query.getAll(name);
    return [name, others.length === 0 ? first : [first, ...others]] as const;
  });
  return Object.fromEntries(fields);
}

/** The same for `/straße`, `/stra%c3%9fe` and `/stra%C3%9Fe`: what must be percent-encoded is, in upper case. */
export function uniformPath(path: string): string {
  const encoded = path.replace(/[^\x21-\x7e]+/g, (text) =>
    Buffer.from(text, 'utf8')
      .toString('hex')
      .replace(/../g, (byte) => `%${byte}`),
  );
  return encoded.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
}
