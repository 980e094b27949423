import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { inspect } from 'node:util';
import type { ServiceServer } from './contract';

/** A server, and how what is behind it ends. */
export interface Served {
  readonly server: Server | SecureServer;
  readonly close: (() => unknown) | undefined;
}

/**
 * What a service has given back when it started, as a server. That of a listener is made here.
 * @param guard what is between the requests and a listener
 * @throws Error saying what can be given back, when it is something else
 */
export function servedBy(given: unknown, guard: (listener: RequestListener) => RequestListener): Served {
  if (isServer(given)) return { server: given, close: undefined };
  if (typeof given === 'function')
    return { server: createServer(guard(given as RequestListener)), close: undefined };
  const { server, close } = (given ?? {}) as { server?: ServiceServer; close?: unknown };
  if (server === undefined || typeof given !== 'object') throw notServed(given);
  if (close !== undefined && typeof close !== 'function') throw notServed(given);
  return { ...servedBy(server, guard), close: close?.bind(given) };
}

/** Also of a server that is none of Node's own classes, but does as they do. */
function isServer(given: unknown): given is Server {
  if (typeof given !== 'object' || given === null) return false;
  return ['listen', 'address', 'close', 'on', 'closeAllConnections'].every(
    (name) => typeof Reflect.get(given, name) === 'function',
  );
}

function notServed(given: unknown): Error {
  const shown = inspect(given, { depth: 0, breakLength: Number.POSITIVE_INFINITY }).slice(0, 100);
  return new Error(
    `it gave back ${shown}, and not what answers requests: a listener (an Express application; callback() of Koa), an http.Server (app.server of Fastify), or { server, close() }`,
  );
}
