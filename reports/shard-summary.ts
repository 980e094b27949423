import { formatDuration } from '../support/time';
import type { ShardRun } from './cut-off';
import { plain } from './paint';
import { type AttemptRecord, type RunEvent, RunRecord } from './run-record';
import { amount, type Counts, count, total } from './summary-text';

/** One shard as the merged report presents it. */
export interface ShardSummary {
  readonly path: string;
  readonly passed: boolean;
  /** `3 scenarios (✗ 1 failed, ✓ 2 passed), 2 lanes, 1.2 s`, and what else there is to say. */
  readonly text: string;
  /** Where the chosen scenarios lie: `features/orders.feature:12`. */
  readonly chosen: ReadonlySet<string>;
  /** Where all scenarios of the features lie that the shard was given to choose from. */
  readonly known: ReadonlySet<string>;
}

/** What the messages of a shard say of it as a whole. */
export function summaryOf(shard: ShardRun): ShardSummary {
  const record = new RunRecord();
  const events = shard.messages.flatMap((message) => record.accept(message) ?? []);
  const { chosen, known } = scenariosOf(shard);
  const passed = shard.messages.some(({ testRunFinished }) => testRunFinished?.success === true);
  return { path: shard.path, passed, text: textOf(shard, events), chosen, known };
}

function textOf({ brokenOff, neverBegan }: ShardRun, events: readonly RunEvent[]): string {
  const attempts = events.flatMap((event) => (event.kind === 'attempt' ? event.attempt : []));
  const failedHooks = events.filter((event) => event.kind === 'hook' && event.hook.status === 'FAILED');
  return [
    ...(brokenOff === '' ? [] : [brokenOff]),
    scenarioCounts(attempts),
    ...(neverBegan === 0 ? [] : [`${neverBegan} never began`]),
    ...(failedHooks.length === 0 ? [] : [`${amount(failedHooks.length, 'hook')} of the run failed`]),
    ...(attempts.length === 0 ? [] : [amount(new Set(attempts.map(({ worker }) => worker)).size, 'lane')]),
    ...events.flatMap((event) => (event.kind === 'end' ? formatDuration(event.end.durationMs) : [])),
  ].join(', ');
}

function scenarioCounts(attempts: readonly AttemptRecord[]): string {
  const counts: Counts = new Map();
  for (const { status, willBeRetried } of attempts) if (!willBeRetried) count(counts, status);
  return total('scenario', counts, plain);
}

function scenariosOf({ messages }: ShardRun): Pick<ShardSummary, 'chosen' | 'known'> {
  const places = new Map<string, string>();
  const chosen = new Set<string>();
  for (const { pickle, testCase } of messages) {
    if (pickle) places.set(pickle.id, `${pickle.uri}:${pickle.location?.line ?? pickle.name}`);
    if (testCase) chosen.add(places.get(testCase.pickleId) ?? testCase.pickleId);
  }
  return { chosen, known: new Set(places.values()) };
}
