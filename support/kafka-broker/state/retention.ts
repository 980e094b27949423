import type { Clock, Timer } from './clock';
import type { BatchContent } from './compaction';
import type { LogBatch } from './log-batch';
import type { PartitionLog } from './partition-log';
import type { TopicSettings } from './topic-configs';
import type { Topic, Topics } from './topics';

export interface RetentionOptions<B extends LogBatch> {
  readonly topics: Topics<B>;
  readonly clock: Clock;
  readonly settingsOf: (topic: Topic<B>) => TopicSettings;
  readonly content: BatchContent<B>;
  /** The broker keeps no more bytes of records than this, whatever its topics want. */
  readonly maxBytes: number;
  /** log.retention.check.interval.ms */
  readonly checkIntervalMs: number;
  /** Is told, once for each topic, that the bound took records from it. */
  readonly log: (line: string) => void;
}

/** When the bound is reached, so much is let go that the next time is not at once. */
const roomMade = 0.1;

/** producer.id.expiration.ms */
const producerExpirationMs = 86_400_000;

/**
 * Lets old records go: by size on each append; by age, and by compaction, each time the interval has passed, as Kafka's
 * LogManager and LogCleaner do.
 * Simplified: the unit is a batch, where Kafka takes whole segments of up to segment.bytes, and so keeps more; batches
 * without times (message format 0) do not age.
 */
export class Retention<B extends LogBatch> implements Disposable {
  readonly #options: RetentionOptions<B>;
  readonly #announced = new WeakSet<Topic<B>>();
  readonly #unsubscribe: () => void;
  #timer: Timer;
  #uncounted = 0;

  constructor(options: RetentionOptions<B>) {
    this.#options = options;
    this.#unsubscribe = options.topics.appended.subscribe(({ topic, log, bytes }) => {
      this.#keepToSize(topic, log);
      this.#keepToBound(bytes);
    });
    this.#timer = this.#schedule();
  }

  /** What the interval brings about, now. */
  check(): void {
    for (const topic of this.#options.topics.all()) {
      const settings = this.#options.settingsOf(topic);
      for (const log of topic.partitions) {
        log.expireProducers(this.#options.clock.now() - producerExpirationMs);
        if (settings.deletes) this.#expire(log, settings);
        this.#keepToSize(topic, log);
        if (settings.compacts && this.#isCompactionDue(log, settings)) this.#compact(log, settings);
      }
    }
  }

  /** Compacts all partitions of the topic, whether that is due or not, and whatever min.compaction.lag.ms says. */
  compact(topic: Topic<B>): void {
    const settings = this.#options.settingsOf(topic);
    for (const log of topic.partitions) this.#compact(log, settings, 0);
  }

  [Symbol.dispose](): void {
    this.#timer.cancel();
    this.#unsubscribe();
  }

  #schedule(): Timer {
    return this.#options.clock.after(this.#options.checkIntervalMs, () => {
      this.check();
      this.#timer = this.#schedule();
    });
  }

  #keepToSize(topic: Topic<B>, log: PartitionLog<B>): void {
    const settings = this.#options.settingsOf(topic);
    if (!settings.deletes) return;
    const wanted = settings.number('retention.bytes');
    if (wanted < 0 || log.size <= wanted) return;
    log.deleteOldest((size, { batch }) => size - batch.size >= wanted);
  }

  #expire(log: PartitionLog<B>, settings: TopicSettings): void {
    const age = settings.number('retention.ms');
    if (age < 0) return;
    const oldest = this.#options.clock.now() - age;
    log.deleteOldest((_size, { batch }) => batch.maxTimestamp >= 0n && Number(batch.maxTimestamp) < oldest);
  }

  #isCompactionDue(log: PartitionLog<B>, settings: TopicSettings): boolean {
    const { ratio, since } = log.dirt;
    if (ratio === 0) return false;
    const isOverdue = Number(since) < this.#options.clock.now() - settings.number('max.compaction.lag.ms');
    return isOverdue || ratio >= settings.number('min.cleanable.dirty.ratio');
  }

  #compact(
    log: PartitionLog<B>,
    settings: TopicSettings,
    minLagMs = settings.number('min.compaction.lag.ms'),
  ): void {
    const { clock, content } = this.#options;
    const deleteRetentionMs = settings.number('delete.retention.ms');
    // Forced, what a producer stamped with a later time is compacted as well.
    const lag = minLagMs === 0 ? Number.NEGATIVE_INFINITY : minLagMs;
    log.compact(content, { now: clock.now(), minLagMs: lag, deleteRetentionMs });
  }

  /** Adding up all logs takes time, so it is done when enough has come in for it to matter. */
  #keepToBound(bytes: number): void {
    const { maxBytes, topics } = this.#options;
    this.#uncounted += bytes;
    if (this.#uncounted < maxBytes / 100) return;
    this.#uncounted = 0;
    const sizes = new Map(topics.all().map((topic) => [topic, sizeOf(topic)]));
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    if (total > maxBytes) this.#makeRoom(sizes, total - maxBytes * (1 - roomMade));
  }

  /** The biggest topics give first, down to the size of the next. */
  #makeRoom(sizes: Map<Topic<B>, number>, wanted: number): void {
    const bySize = [...sizes].sort(([, a], [, b]) => b - a);
    const level = levelAt(
      bySize.map(([, size]) => size),
      wanted,
    );
    for (const [topic, size] of bySize) {
      if (size <= level) return;
      this.#announce(topic);
      for (const log of topic.partitions) {
        const share = level * (log.size / size);
        log.deleteOldest((left, { batch }) => left > share && left > batch.size);
      }
    }
  }

  #announce(topic: Topic<B>): void {
    if (this.#announced.has(topic)) return;
    this.#announced.add(topic);
    this.#options.log(
      `kafka-broker: all topics together have reached the bound of ${this.#options.maxBytes} bytes (maxBytes): the oldest records of ` +
        `topic "${topic.name}" are let go from now on; consumers behind them get OFFSET_OUT_OF_RANGE`,
    );
  }
}

function sizeOf(topic: Topic): number {
  return topic.partitions.reduce((sum, { size }) => sum + size, 0);
}

/** To which size the larger ones must be cut, so that they lose `wanted` bytes together. */
function levelAt(sizesDescending: readonly number[], wanted: number): number {
  let sum = 0;
  for (const [index, size] of sizesDescending.entries()) {
    sum += size;
    const level = (sum - wanted) / (index + 1);
    if (level >= (sizesDescending[index + 1] ?? 0)) return Math.max(0, level);
  }
  return 0;
}
