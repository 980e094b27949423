import { ErrorCode } from '../error-code';
import { initProducerIdApi } from '../wire/messages/init-producer-id';
import type { Access } from './access';
import { implementForTransaction } from './coordinator-check';

/**
 * InitProducerId (22), versions 0-1: a fresh id without a transactional id; with one, its id and next epoch.
 * What the predecessor left open is aborted before the answer, so error 51 never occurs.
 */
export const initProducerId = implementForTransaction(
  initProducerIdApi,
  ({ transactionalId, transactionTimeoutMs }, { access, broker: { transactions } }) => {
    const refused = refusalOf(transactionalId, access);
    if (refused) return { errorCode: refused, producerId: -1n, producerEpoch: -1 };
    const producer =
      transactionalId === null
        ? transactions.newProducer()
        : transactions.initialize(transactionalId, transactionTimeoutMs);
    if ('error' in producer) return { errorCode: producer.error, producerId: -1n, producerEpoch: -1 };
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
