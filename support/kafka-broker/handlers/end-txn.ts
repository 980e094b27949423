import { endTxnApi } from '../wire/messages/end-txn';
import { implement } from './registered-api';

/** EndTxn (26), versions 0-2. Markers are written and offsets settled before the answer. */
export const endTxn = implement(endTxnApi, (request, { broker }) => {
  const outcome = request.committed ? 'commit' : 'abort';
  return { errorCode: broker.transactions.end(request.transactionalId, request, outcome) };
});
