import { addOffsetsToTxnApi } from '../wire/messages/add-offsets-to-txn';
import { implement } from './registered-api';

/** AddOffsetsToTxn (25), versions 0-2. */
export const addOffsetsToTxn = implement(addOffsetsToTxnApi, (request, { broker }) => ({
  errorCode: broker.transactions.addGroup(request.transactionalId, request, request.groupId),
}));
