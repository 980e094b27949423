import type { StubRequest } from './stub-request';

/** A request with the answer that it was given. */
export interface StubCall extends StubRequest {
  /** Undefined where the connection was dropped before an answer. */
  readonly status: number | undefined;
  /** When it came, in milliseconds since 1970. */
  readonly at: number;
  /** When it came by a clock that is never set, in milliseconds. */
  readonly monotonic: number;
  /** Why no step has an answer for it; undefined when one has. */
  readonly unexpected: string | undefined;
}
