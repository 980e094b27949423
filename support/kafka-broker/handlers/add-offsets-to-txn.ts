import { addOffsetsToTxnApi } from '../wire/messages/add-offsets-to-txn';
import { fencedSince2 } from './fenced-producer';
import { implement } from './registered-api';

/** AddOffsetsToTxn (25), versions 0-2. */
export const addOffsetsToTxn = implement(addOffsetsToTxnApi, (request, { broker, version }) => {
  const errorCode = broker.transactions.addGroup(request.transactionalId, request, request.groupId);
  return { errorCode: fencedSince2(errorCode, version) };
});
