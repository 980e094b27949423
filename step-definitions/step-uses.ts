import { type BackingServiceName, backingServiceNames } from '../support/config';
import type { StepEntry } from './catalogue';
import type { ParameterTypes } from './parameter-types';

/** Tells from a step's text which backing services it uses. */
export class StepUses {
  private readonly patterns: ReadonlyArray<{ readonly pattern: RegExp; readonly entry: StepEntry }>;
  private readonly known = new Map<string, readonly BackingServiceName[]>();

  constructor(entries: readonly StepEntry[], types: ParameterTypes) {
    this.patterns = entries.flatMap((entry) =>
      entry.expressions.flatMap((expression) => {
        const pattern = types.pattern(expression);
        return pattern === undefined ? [] : [{ pattern, entry }];
      }),
    );
  }

  /** What the step with this text says it uses; everything when it is none of the catalogue's. */
  of(text: string): readonly BackingServiceName[] {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const uses = this.entryOf(text)?.uses ?? backingServiceNames;
    this.known.set(text, uses);
    return uses;
  }

  /** The entry of the catalogue that a step's text is one of. */
  entryOf(text: string): StepEntry | undefined {
    return this.patterns.find(({ pattern }) => pattern.test(text))?.entry;
  }
}
