import { ErrorCode } from './error-code';
import { fullFetch } from './faults/full-fetch';
import { type Hit, inject } from './faults/inject';
import type { Reply } from './faults/reply';
import { Access } from './handlers/access';
import { apiVersions } from './handlers/api-versions';
import type { RegisteredApi } from './handlers/registered-api';
import type { BrokerContext, RequestContext } from './handlers/request-context';
import { saslAuthenticate } from './handlers/sasl-authenticate';
import { saslHandshake } from './handlers/sasl-handshake';
import { registry } from './registry';
import type { Session } from './sasl/session';
import type { Node } from './state/nodes';
import type { Signal } from './state/signal';
import { contextOf } from './wire/api-definition';
import { readFlexibleHeaderEnd, readRequestHeader, writeResponseHeader } from './wire/headers';
import { MalformedError } from './wire/malformed-error';
import { apiVersionsApi } from './wire/messages/api-versions';
import { WireReader } from './wire/reader';
import { withTopicNames } from './wire/topic-names';
import { WireWriter } from './wire/writer';

/** Served whoever asks. */
const beforeAuthentication: readonly RegisteredApi[] = [apiVersions, saslHandshake, saslAuthenticate];

/** Where a request came from. `note` is told what is being served, for the log. */
export interface Origin {
  readonly clientHost: string;
  readonly disconnected: Signal;
  /** To which the client has connected. */
  readonly node: Node;
  readonly session: Session;
  note(request: string): void;
}

/** What to send, and how the connection goes on. */
export interface Served extends Omit<Reply, 'response' | 'truncateTo'> {
  /** The frame of the answer; null when the request gets none. */
  readonly chunks: readonly Buffer[] | null;
}

/**
 * Serves one frame.
 * @throws MalformedError when the connection cannot go on: it is no request, or of an API or version not offered
 */
export async function dispatch(frame: Buffer, origin: Origin, broker: BrokerContext): Promise<Served> {
  if (origin.session.expectsRawToken) return { chunks: rawAnswer(origin.session.next(frame)) };
  const reader = new WireReader(frame);
  const { apiKey, apiVersion, correlationId, clientId } = readRequestHeader(reader);
  const api = registry.get(apiKey);
  origin.note(`${api?.name ?? `API key ${apiKey}`} v${apiVersion} from client "${clientId}"`);
  if (!api || !isOffered(api, apiVersion)) {
    if (api === apiVersions) return { chunks: tooNewForUs(correlationId, broker) };
    throw new MalformedError('no such API or version is offered');
  }
  if (!origin.session.isOpen && !beforeAuthentication.includes(api)) {
    throw new MalformedError('the client has not authenticated, or not again in time');
  }
  const isFlexible = contextOf(api, apiVersion).flexible;
  if (isFlexible) readFlexibleHeaderEnd(reader);
  const request = withTopicNames(api.decode(reader, apiVersion), (id) => broker.topics.nameOf(id));
  const { response, truncateTo, ...after } = await answered({
    api,
    request,
    context: contextFor(origin, apiVersion, clientId, broker),
    random: broker.random,
  });
  const ends = after.ends ?? origin.session.hasFailed;
  if (response === null) return { ...after, chunks: null };
  const writer = new WireWriter();
  // The answer to ApiVersions is read before the client knows what the broker understands: always header 0.
  writeResponseHeader(writer, correlationId, isFlexible && api !== apiVersions);
  api.encode(writer, response, apiVersion);
  const chunks = framed(writer);
  return { ...after, ends, chunks: truncateTo === undefined ? chunks : cut(chunks, truncateTo) };
}

async function answered(arrived: Omit<Hit, 'rule'>): Promise<Reply> {
  const { api, context } = arrived;
  let request = arrived;
  const { node, clientId, broker } = context;
  const { faults } = broker;
  if (faults.areForFetches) {
    const whole = fullFetch({ api, request: request.request });
    if ('response' in whole) return { response: whole.response };
    request = { ...request, request: whole.request };
  }
  const injected = faults.take({ api, request: request.request, nodeId: node.id, clientId });
  if (injected) return await inject(injected, request);
  return { response: await api.handle(request.request, context) };
}

/** The length of the whole frame, and no more bytes of it than so many. */
function cut(chunks: readonly Buffer[], length: number): readonly Buffer[] {
  const [prefix, ...body] = chunks;
  return prefix ? [prefix, Buffer.concat(body).subarray(0, length)] : [];
}

function isOffered({ versions: [lowest, highest] }: RegisteredApi, version: number): boolean {
  return version >= lowest && version <= highest;
}

function contextFor(
  { clientHost, disconnected, node, session }: Origin,
  version: number,
  clientId: string,
  broker: BrokerContext,
): RequestContext {
  const access = new Access(session.principal, clientHost, broker.acls);
  return { version, clientId, clientHost, disconnected, node, session, access, broker };
}

/** KIP-511: a version of ApiVersions that is too new gets version 0, error 35 and the list. */
function tooNewForUs(correlationId: number, { supportedApis }: BrokerContext): readonly Buffer[] {
  const writer = new WireWriter();
  writeResponseHeader(writer, correlationId, false);
  const apiKeys = supportedApis.map(({ key, versions: [minVersion, maxVersion] }) => ({
    apiKey: key,
    minVersion,
    maxVersion,
  }));
  const response = { errorCode: ErrorCode.unsupportedVersion, apiKeys };
  apiVersionsApi.response.write(writer, response, contextOf(apiVersionsApi, 0));
  return framed(writer);
}

/** The answer to a token without a header has none, too. */
function rawAnswer(token: Buffer): readonly Buffer[] {
  const writer = new WireWriter();
  writer.raw(token);
  return framed(writer);
}

function framed(writer: WireWriter): readonly Buffer[] {
  const length = Buffer.alloc(4);
  length.writeInt32BE(writer.length);
  return [length, ...writer.chunks()];
}
