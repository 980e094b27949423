/** What is to go wrong. Exactly one of these. */
export type FaultEffect =
  /** The work is not done; the error, by name or code, is answered where that version of that API has it. */
  | { readonly error: number | string }
  /** The work is done after so many milliseconds, or after a random number of them between two. */
  | { readonly delayMs: number | readonly [least: number, most: number] }
  /** The connection ends, before the work is done or after. "after" is what makes producers write twice. */
  | { readonly drop: 'before' | 'after' }
  /** The work is done and never answered; the connection stays. */
  | { readonly loseAnswer: true }
  /** The work is not done, and this and all later requests of the connection are never answered. */
  | { readonly hang: true }
  /** A produced batch is appended so many times; a fetch brings each of its records so many times. */
  | { readonly repeat: number }
  /** As with a quota that is exceeded (KIP-219): answered at once with throttle_time_ms, then nothing is read so long. */
  | { readonly throttleMs: number }
  /** Only so many bytes of the answer are sent, its length not counted, and the connection ends. */
  | { readonly truncateTo: number };

/** Which requests an effect is for: those that fit all that is given. */
export interface FaultMatch {
  /** The name of an API ("Produce"), or its key. */
  readonly api?: string | number;
  /** The id of the broker that the request came to. */
  readonly node?: number;
  readonly clientId?: string;
  /** Requests about this topic. An error is answered for it alone; the rest of the request is done. */
  readonly topic?: string;
  /** Of the topic. */
  readonly partition?: number;
  readonly group?: string;
  /** The id of a group's member, or its instance id. */
  readonly member?: string;
  readonly transactionalId?: string;
}

export interface FaultRule extends FaultMatch {
  readonly effect: FaultEffect;
  /** The first request that is hit, counted from 1 among those that fit. Default 1. */
  readonly nth?: number;
  /** How many are hit. Default: all, until the rule is removed. */
  readonly times?: number;
  /** How likely each is hit: above 0, up to 1. Default 1. Drawn from the broker's `random`. */
  readonly chance?: number;
}

/** A rule in force. */
export interface Fault extends Disposable {
  readonly rule: FaultRule;
  /** How many requests it has hit. */
  readonly hits: number;
  /** It hits no more. What it has done stays done. May be called again. */
  remove(): void;
}
