/** Bytes that do not follow the protocol: the connection they came from cannot be continued. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}
