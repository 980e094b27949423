/** What the server says to a client's token. */
export interface SaslStep {
  readonly answer: Buffer;
  /** The name of the user, once it is proved. */
  readonly user?: string;
}

/** One authentication: the tokens of the client, in order, each with the answer to it. */
export interface SaslExchange {
  /** @throws SaslError when it has failed */
  next(token: Buffer): SaslStep;
}

/** An authentication that failed: the message is what Kafka tells the client. */
export class SaslError extends Error {
  override readonly name = 'SaslError';
}
