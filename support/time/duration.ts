const unitsInMs: Readonly<Record<string, number>> = {
  ms: 1,
  millisecond: 1,
  s: 1_000,
  second: 1_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
};

/** What a duration looks like in a feature or in the configuration: `5 seconds`, `1.5 s`, `200 ms`, `2 days`. */
export const durationPattern =
  /(\d+(?:\.\d+)?) ?(milliseconds?|seconds?|minutes?|hours?|days?|ms|min|s|m|h|d)(?![a-z])/;

const wholeDuration = new RegExp(`^${durationPattern.source}$`);

/**
 * Milliseconds of a duration such as `5 seconds`.
 * @returns undefined when the text is not a duration
 */
export function parseDuration(text: string): number | undefined {
  const found = wholeDuration.exec(text.trim());
  const unit = found?.[2];
  if (found === null || unit === undefined) return undefined;
  const factor = unitsInMs[unit] ?? unitsInMs[unit.replace(/s$/, '')];
  return factor === undefined ? undefined : Math.round(Number(found[1]) * factor);
}

/** A duration for people: `340 ms`, `5 s`, `1.2 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms % 60_000) / 1_000);
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}
