import { assertPortIsFree } from '../ports';
import type { Provider } from '../provider';
import type { KafkaFacts } from './facts';

export interface EmbeddedKafkaSettings {
  /** Fixed port, for lane 0; lane n takes the n-th after it. */
  readonly port?: number | undefined;
}

/** Brine's own broker. Each lane starts one of its own (see `openEventsLane`), so `start()` starts nothing. */
export function kafkaEmbedded(settings: EmbeddedKafkaSettings): Provider<KafkaFacts> {
  return {
    service: 'kafka',
    name: 'embedded',
    check: async () => ({ available: true, reason: "Brine's own broker in the process" }),
    start: async () => {
      if (settings.port !== undefined) await assertPortIsFree(settings.port, 'kafka', 'kafka.port');
      return {
        facts: { provider: 'embedded', version: "Brine's own broker (protocol of Kafka 2.3)" },
        [Symbol.asyncDispose]: async () => {},
      };
    },
  };
}
