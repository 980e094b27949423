import { ErrorCode } from '../error-code';

/** Since KIP-588 a producer whose epoch is too old is told so by an error of its own, from version 2 of a request on. */
export function fencedSince2(errorCode: number, version: number): number {
  const isFenced = errorCode === ErrorCode.invalidProducerEpoch && version >= 2;
  return isFenced ? ErrorCode.producerFenced : errorCode;
}
