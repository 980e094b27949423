import type { DecodedBytes, EventDecoder } from '../schema-registry/facts';
import type { SourceRecord } from './event-source';

/** What the bytes of an event say, where they bear a schema. */
export interface DecodedParts {
  readonly key?: DecodedBytes | undefined;
  readonly value?: DecodedBytes | undefined;
}

type Listener = (record: SourceRecord, decoded: DecodedParts) => void;

const nothing: DecodedParts = {};

/**
 * Decodes events on their way to a listener, in their order: one whose schema must be asked for first holds up those after it.
 */
export class DecodingInOrder {
  private last: Promise<void> | undefined;

  /** @param decode none unless events may bear a schema */
  constructor(
    private readonly decode: EventDecoder | undefined,
    private readonly listener: Listener,
  ) {}

  take(record: SourceRecord): void {
    const { topic, key, value } = record;
    const [ofKey, ofValue] = [this.decoded(topic, 'key', key), this.decoded(topic, 'value', value)];
    if (this.last !== undefined || isPromise(ofKey) || isPromise(ofValue)) this.queue(record, ofKey, ofValue);
    else this.listener(record, (ofKey ?? ofValue) ? { key: ofKey, value: ofValue } : nothing);
  }

  /** When everything that was taken until now has been told. */
  get done(): Promise<void> | undefined {
    return this.last;
  }

  private decoded(topic: string, part: 'key' | 'value', bytes: Buffer | null) {
    return bytes === null ? undefined : this.decode?.(topic, part, bytes);
  }

  /** Once all in the queue have been told, the next one needs no queue. */
  private queue(record: SourceRecord, key: ReturnType<EventDecoder>, value: ReturnType<EventDecoder>): void {
    const own = this.later(record, key, value, this.last).finally(() => {
      if (this.last === own) this.last = undefined;
    });
    this.last = own;
  }

  private async later(
    record: SourceRecord,
    key: ReturnType<EventDecoder>,
    value: ReturnType<EventDecoder>,
    before: Promise<void> | undefined,
  ): Promise<void> {
    const decoded = { key: await key, value: await value };
    await before;
    this.listener(record, decoded);
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}
