import { ErrorCode } from '../error-code';
import type { TransactionSnapshot } from '../state/transactions';
import { describeTransactionsApi } from '../wire/messages/describe-transactions';
import { coordinates } from './coordinator-check';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

/** DescribeTransactions (65), version 0 (KIP-664). Topics that the client may not describe are left out. */
export const describeTransactions = implement(describeTransactionsApi, (request, context) => ({
  transactionStates: request.transactionalIds.map((transactionalId) => describe(transactionalId, context)),
}));

function describe(transactionalId: string, context: RequestContext) {
  const { access, broker } = context;
  if (!access.may('describe', 'transactionalId', transactionalId)) {
    return { transactionalId, errorCode: ErrorCode.transactionalIdAuthorizationFailed };
  }
  if (!coordinates(context, 'transaction', transactionalId)) {
    return { transactionalId, errorCode: ErrorCode.notCoordinator };
  }
  const found = broker.transactions.all().find((each) => each.transactionalId === transactionalId);
  if (!found) return { transactionalId, errorCode: ErrorCode.transactionalIdNotFound };
  return {
    transactionalId,
    errorCode: ErrorCode.none,
    transactionState: found.state,
    transactionTimeoutMs: found.timeoutMs,
    transactionStartTimeMs: BigInt(found.startedAt),
    producerId: found.producerId,
    producerEpoch: found.producerEpoch,
    topics: topicsOf(found, context),
  };
}

function topicsOf({ partitions }: TransactionSnapshot, { access }: RequestContext) {
  const names = [...new Set(partitions.map(({ topic }) => topic))];
  return names
    .filter((name) => access.may('describe', 'topic', name))
    .map((name) => {
      const own = partitions.filter(({ topic }) => topic === name);
      return { topic: name, partitions: own.map(({ partition }) => partition) };
    });
}
