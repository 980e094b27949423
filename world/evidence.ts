import type { Mask } from '../support/errors';
import { renderValue } from '../support/matching';

/** Something that happened in a scenario. */
export interface EvidenceEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `http`, `event`, `stub`, `log orders`, ... */
  readonly source: string;
  readonly text: string;
}

const mostOfOneText = 2_000;
/** Of each source, the first and the last so many entries are shown. */
const firstOfSource = 20;
const lastOfSource = 60;

/** What happened in one scenario, for the report of a failure. */
export class Evidence {
  private readonly entries: EvidenceEntry[] = [];
  readonly startedAt: number;

  constructor(
    private readonly mask: Mask,
    private readonly now: () => number = Date.now,
  ) {
    this.startedAt = now();
  }

  add(source: string, text: string, at = this.now()): void {
    this.entries.push({ at, source, text });
  }

  /**
   * One timeline of the scenario's own entries and those given, earliest first; times count from its start.
   * Secrets are masked by value.
   */
  timeline(others: readonly EvidenceEntry[]): string {
    const all = [...this.entries, ...others].sort((a, b) => a.at - b.at);
    return withoutFlood(all)
      .map((entry) => this.line({ ...entry, text: this.mask(entry.text) })) // before anything is cut in two
      .join('\n');
  }

  private line({ at, source, text }: EvidenceEntry): string {
    const shown =
      text.length > mostOfOneText ? `${text.slice(0, mostOfOneText)}... (${text.length} characters)` : text;
    return `+${String(Math.max(0, at - this.startedAt)).padStart(5)} ms  ${source.padEnd(14)} ${shown}`;
  }
}

/** A wait may ask the same a hundred times: of each source the middle is left out, and said to be. */
function withoutFlood(entries: readonly EvidenceEntry[]): EvidenceEntry[] {
  const totals = new Map<string, number>();
  for (const { source } of entries) totals.set(source, (totals.get(source) ?? 0) + 1);
  const seen = new Map<string, number>();
  return entries.flatMap((entry) => {
    const number = (seen.get(entry.source) ?? 0) + 1;
    seen.set(entry.source, number);
    const left = (totals.get(entry.source) ?? 0) - firstOfSource - lastOfSource;
    if (left <= 0 || number <= firstOfSource || number > firstOfSource + left) return [entry];
    return number === firstOfSource + 1
      ? [{ ...entry, text: `... ${left} more like these were left out` }]
      : [];
  });
}

/** A value on one line, for the timeline. */
export function brief(value: unknown): string {
  return renderValue(value).replaceAll('\n', ' ');
}
