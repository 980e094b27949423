/** What a connection does about a request. */
export interface Reply {
  /** The answer, yet to be encoded. Null: none. */
  readonly response: unknown;
  /** Not all of it is sent, but so many bytes. */
  readonly truncateTo?: number;
  /** Nothing more is read from the connection for so long. */
  readonly muteMs?: number;
  /** The connection ends. */
  readonly ends?: boolean;
}
