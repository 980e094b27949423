import { addOffsetsToTxnApi } from '../wire/messages/add-offsets-to-txn';
import { implementForTransaction } from './coordinator-check';
import { fencedSince2 } from './fenced-producer';

/** AddOffsetsToTxn (25), versions 0-4. */
export const addOffsetsToTxn = implementForTransaction(addOffsetsToTxnApi, (request, { broker, version }) => {
  const errorCode = broker.transactions.addGroup(request.transactionalId, request, request.groupId);
  return { errorCode: fencedSince2(errorCode, version) };
});
