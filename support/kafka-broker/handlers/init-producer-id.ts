import { ErrorCode } from '../error-code';
import { initProducerIdApi } from '../wire/messages/init-producer-id';
import type { Access } from './access';
import { implementForTransaction } from './coordinator-check';
import { fencedSince2 } from './fenced-producer';

/**
 * InitProducerId (22), versions 0-5: a fresh id without a transactional id; with one, its id and next epoch.
 * From version 3 on, a producer may tell which it is, to go on after an error (KIP-360): it must be the latest.
 * What the predecessor left open is aborted before the answer, so error 51 never occurs.
 */
export const initProducerId = implementForTransaction(
  initProducerIdApi,
  (request, { access, version, broker: { transactions } }) => {
    const { transactionalId, transactionTimeoutMs } = request;
    const refused = refusalOf(transactionalId, access);
    if (refused) return { errorCode: refused, producerId: -1n, producerEpoch: -1 };
    const producer =
      transactionalId === null
        ? transactions.newProducer()
        : transactions.initialize(transactionalId, transactionTimeoutMs, request);
    if ('error' in producer)
      return {
        errorCode: version >= 4 ? fencedSince2(producer.error, version) : producer.error,
        producerId: -1n,
        producerEpoch: -1,
      };
    return { errorCode: ErrorCode.none, ...producer };
  },
);

/** Whoever may write to any topic may be idempotent (KIP-679). */
function refusalOf(transactionalId: string | null, access: Access): ErrorCode | undefined {
  if (transactionalId !== null) {
    const isAllowed = access.may('write', 'transactionalId', transactionalId);
    return isAllowed ? undefined : ErrorCode.transactionalIdAuthorizationFailed;
  }
  const isAllowed = access.may('idempotentWrite', 'cluster') || access.mayAny('write', 'topic');
  return isAllowed ? undefined : ErrorCode.clusterAuthorizationFailed;
}
