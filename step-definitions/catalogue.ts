import type { BackingServiceName } from '../support/config';
import type { AcceptanceWorld } from '../world/acceptance-world';

/** `setup` is said with Given, `action` with When, `assertion` with Then. */
export type StepKind = 'setup' | 'action' | 'assertion';

/** What is said of a step beside its definition. */
export interface StepDocumentation {
  /** What it does, for the catalogue; Markdown. */
  readonly doc: string;
  /** At least one step as it stands in a feature, with its keyword; a table or doc string goes on the lines below. */
  readonly examples: readonly [string, ...string[]];
  /**
   * The backing services that it uses, so that a run starts those only; `[]` for none. All of them unless given.
   * What the services under test use is not meant: their templates tell.
   */
  readonly uses?: readonly BackingServiceName[];
  /** What a guarded assertion does once before its time begins, with the same arguments: what takes long only once. */
  readonly prepare?: StepBody;
  /** What a guarded assertion does before each attempt but the first, with the same arguments: asking once more. */
  readonly again?: StepBody;
}

/** A step of the vocabulary. */
export interface StepEntry extends StepDocumentation {
  readonly kind: StepKind;
  readonly uses: readonly BackingServiceName[];
  /** As written, with `[...]` around what may be left out. */
  readonly phrase: string;
  /** The Cucumber expressions it was registered as: without and with its optional parts, without and with guards. */
  readonly expressions: readonly string[];
  /** The file that defines it, such as `http.steps.ts`. */
  readonly file: string;
}

/** The body of a step. Parts of the phrase that were left out come as undefined. */
// biome-ignore lint/suspicious/noExplicitAny: the arguments are what the phrase's parameter types give; cucumber types them so, too
export type StepBody = (this: AcceptanceWorld, ...values: any[]) => unknown;

/** All steps that were defined through Brine, in the order of their definition. */
export class Catalogue {
  private readonly entries: StepEntry[] = [];

  add(entry: StepEntry): void {
    this.entries.push(entry);
  }

  all(): readonly StepEntry[] {
    return this.entries;
  }
}
