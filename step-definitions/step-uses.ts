import { type BackingServiceName, backingServiceNames } from '../support/config/backing-services';
import type { StepEntry } from './catalogue';
import { literalBeginning } from './literal-beginning';
import type { ParameterTypes } from './parameter-types';

/** Tells from a step's text which backing services it uses. */
export class StepUses {
  private readonly phrases: readonly Phrase[];
  private readonly known = new Map<string, readonly BackingServiceName[]>();

  constructor(entries: readonly StepEntry[], types: ParameterTypes) {
    this.phrases = entries.flatMap((entry) =>
      entry.expressions.map((expression) => new Phrase(entry, expression, types)),
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
    return this.phrases.find((phrase) => phrase.matches(text))?.entry;
  }
}

/** One way to say a step. Only the patterns that may match are made: all of them take a tenth of a second. */
class Phrase {
  private readonly beginning: string;
  private pattern: RegExp | undefined;

  constructor(
    readonly entry: StepEntry,
    private readonly expression: string,
    private readonly types: ParameterTypes,
  ) {
    this.beginning = literalBeginning(expression);
  }

  matches(text: string): boolean {
    if (!text.startsWith(this.beginning)) return false;
    this.pattern ??= this.types.pattern(this.expression) ?? /$./; // of an unknown type: matches nothing
    return this.pattern.test(text);
  }
}
