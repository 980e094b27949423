import { ErrorCode } from '../error-code';
import { initProducerIdApi } from '../wire/messages/init-producer-id';
import { implementForTransaction } from './coordinator-check';

/**
 * InitProducerId (22), versions 0-1: a fresh id without a transactional id; with one, its id and next epoch.
 * What the predecessor left open is aborted before the answer, so error 51 never occurs.
 */
export const initProducerId = implementForTransaction(
  initProducerIdApi,
  (request, { broker: { transactions } }) => {
    const { transactionalId, transactionTimeoutMs } = request;
    const producer =
      transactionalId === null
        ? transactions.newProducer()
        : transactions.initialize(transactionalId, transactionTimeoutMs);
    if ('error' in producer) return { errorCode: producer.error, producerId: -1n, producerEpoch: -1 };
    return { errorCode: ErrorCode.none, ...producer };
  },
);
