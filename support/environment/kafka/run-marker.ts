import { createHash } from 'node:crypto';
import type { Owner } from '../leftovers/owner';

/** Two topics or groups are one run's when their names begin alike: `brine_0a1b2c3d_`. */
export interface RunMarker {
  readonly topic: string;
  readonly run: string;
  /** Host and identity as {@link fingerprint}s: the names of topics are short, and allow few characters. */
  readonly owner: Owner;
}

/** The name of the topic that is there as long as anything of the run; it says whose the run is. */
export function markerTopic(testPrefix: string, run: string, { host, pid, identity }: Owner): string {
  return `${testPrefix}${run}_alive-${fingerprint(host)}-${pid}-${fingerprint(identity)}`;
}

/** The markers among topics. */
export function markersIn(topics: readonly string[], testPrefix: string): RunMarker[] {
  return topics.flatMap((topic) => {
    if (!topic.startsWith(testPrefix)) return [];
    const rest = topic.slice(testPrefix.length);
    const [, run, host, pid, identity] =
      /^([a-z\d]+)_alive-([\da-f]{8})-(\d+)-([\da-f]{8})$/.exec(rest) ?? [];
    if (run === undefined || host === undefined || identity === undefined) return [];
    return [{ topic, run, owner: { host, pid: Number(pid), identity } }];
  });
}

export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
