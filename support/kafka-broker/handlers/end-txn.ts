import { endTxnApi } from '../wire/messages/end-txn';
import { implementForTransaction } from './coordinator-check';
import { fencedSince2 } from './fenced-producer';

/** EndTxn (26), versions 0-4. Markers are written and offsets settled before the answer. */
export const endTxn = implementForTransaction(endTxnApi, (request, { broker, version }) => {
  const outcome = request.committed ? 'commit' : 'abort';
  const errorCode = broker.transactions.end(request.transactionalId, request, outcome);
  return { errorCode: fencedSince2(errorCode, version) };
});
