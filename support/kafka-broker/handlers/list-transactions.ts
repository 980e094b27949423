import { ErrorCode } from '../error-code';
import type { TransactionSnapshot } from '../state/transactions';
import { listTransactionsApi } from '../wire/messages/list-transactions';
import { coordinates } from './coordinator-check';
import { implement } from './registered-api';

/** TransactionState of Kafka; most of them never last here. */
const states = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
];

/** ListTransactions (66), versions 0-1 (KIP-664, KIP-994): of this coordinator, those that the client may describe. */
export const listTransactions = implement(listTransactionsApi, (request, context) => {
  const { access, broker } = context;
  const now = broker.clock.now();
  const isWanted = ({ state, producerId, startedAt }: TransactionSnapshot) =>
    (request.stateFilters.length === 0 || request.stateFilters.includes(state)) &&
    (request.producerIdFilters.length === 0 || request.producerIdFilters.includes(producerId)) &&
    (request.durationFilter < 0n || (startedAt >= 0 && now - startedAt > Number(request.durationFilter)));
  const found = broker.transactions
    .all()
    .filter(isWanted)
    .filter(({ transactionalId }) => coordinates(context, 'transaction', transactionalId))
    .filter(({ transactionalId }) => access.may('describe', 'transactionalId', transactionalId));
  return {
    errorCode: ErrorCode.none,
    unknownStateFilters: request.stateFilters.filter((state) => !states.includes(state)),
    transactionStates: found.map(({ transactionalId, producerId, state }) => ({
      transactionalId,
      producerId,
      transactionState: state,
    })),
  };
});
