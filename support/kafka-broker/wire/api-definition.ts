import type { WireContext, WireType } from './types';

/** One API of the protocol: its key, the versions described here, and both layouts. */
export interface ApiDefinition<Request, Response> {
  readonly key: number;
  readonly name: string;
  /** The lowest and the highest version described, both included. */
  readonly versions: readonly [lowest: number, highest: number];
  /** The first flexible version ("flexibleVersions" in Kafka's definitions). */
  readonly flexibleSince: number;
  readonly request: WireType<Request, never>;
  readonly response: WireType<unknown, Response>;
}

export interface Layouts<Request, RequestIn, ResponseOut, Response>
  extends Omit<ApiDefinition<Request, Response>, 'request' | 'response'> {
  readonly request: WireType<Request, RequestIn>;
  readonly response: WireType<ResponseOut, Response>;
}

/** Keeps the exact types of both directions, so that tests can play the client. */
export function defineApi<Request, RequestIn, ResponseOut, Response>(
  definition: Layouts<Request, RequestIn, ResponseOut, Response>,
): Layouts<Request, RequestIn, ResponseOut, Response> {
  return definition;
}

export function contextOf(api: { readonly flexibleSince: number }, version: number): WireContext {
  return { version, flexible: version >= api.flexibleSince };
}
