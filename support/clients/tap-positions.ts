/** Names a partition: `order_events/2`. */
type Place = string;

/**
 * How far a recorder has read each partition, and where the last event lies that there was to read. The offsets of a real
 * cluster also count the markers at the end of transactions and what was aborted, which no consumer is ever given.
 */
export class TapPositions {
  private readonly next = new Map<Place, bigint>();
  private readonly afterLastEvent = new Map<Place, bigint>();

  /** An event was recorded. */
  recorded(place: Place, offset: bigint): void {
    this.afterLastEvent.set(place, offset + 1n);
    this.passed(place, offset);
  }

  /** All up to this offset was read, whether it held an event or not. */
  passed(place: Place, offset: bigint): void {
    if (offset >= this.nextOf(place)) this.next.set(place, offset + 1n);
  }

  /**
   * The offset after the last event, once all before the end was read; until then the end itself, for what is not read yet
   * may be an event.
   * @param end the offset that the cluster will give to the next record
   */
  readableEnd(place: Place, end: bigint): bigint {
    return this.nextOf(place) < end ? end : (this.afterLastEvent.get(place) ?? 0n);
  }

  /** How far each partition is read at this moment. */
  now(): ReadonlyMap<Place, bigint> {
    return new Map(this.next);
  }

  /**
   * What was read beyond the end was of a log that is no more.
   * @param read how far each partition was read when the end was asked for: since then there may be more
   */
  endsAt(place: Place, end: bigint, read: ReadonlyMap<Place, bigint>): void {
    if ((read.get(place) ?? 0n) <= end) return;
    this.next.delete(place);
    this.afterLastEvent.delete(place);
  }

  /** Whether all before this offset was read. */
  hasRead(place: Place, end: bigint): boolean {
    return this.nextOf(place) >= end;
  }

  private nextOf(place: Place): bigint {
    return this.next.get(place) ?? 0n;
  }
}
