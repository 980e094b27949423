import { ErrorCode } from '../error-code';
import type { Values } from '../wire/item-identity';
import { fetchApi } from '../wire/messages/fetch';
import type { Arrived } from './faults';

/**
 * A fetch in a session (KIP-227) names only what has changed, so a rule could not see what it is about. While rules
 * for fetches are in force, sessions are declined: known ones are unknown (error 70), and clients then send all.
 */
export function fullFetch({
  api,
  request,
}: Pick<Arrived, 'api' | 'request'>): { readonly request: unknown } | { readonly response: unknown } {
  if (api.key !== fetchApi.key) return { request };
  const values = request as Values;
  if (values.sessionId !== 0)
    return { response: { errorCode: ErrorCode.fetchSessionIdNotFound, responses: [] } };
  return { request: { ...values, sessionEpoch: -1 } };
}
