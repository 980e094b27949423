import { ErrorCode } from '../error-code';
import { listPartitionReassignmentsApi } from '../wire/messages/list-partition-reassignments';
import { implement } from './registered-api';

/** ListPartitionReassignments (46), version 0 (KIP-455): never any, because each is done at once. */
export const listPartitionReassignments = implement(listPartitionReassignmentsApi, () => ({
  errorCode: ErrorCode.none,
  topics: [],
}));
