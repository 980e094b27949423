import type { Envelope, GherkinDocument, Pickle } from '@cucumber/messages';
import { knownSteps } from './chosen-scenarios';
import { assertScenariosTest } from './scenario-faults';
import {
  assertPathsFound,
  assertSelectionFound,
  chooser,
  type ResolvedPaths,
  type Selection,
  selectionOf,
} from './selection';

/** What the runner reads and chooses, looked at before anything is started. */
export class ChosenFeatures {
  private readonly documents: GherkinDocument[] = [];
  private readonly pickles: Pickle[] = [];
  private readonly lines = new Map<string, readonly string[]>();
  private paths: ResolvedPaths = { unexpandedSourcePaths: [], sourcePaths: [] };
  /** Whether there was a feature that is no Gherkin. */
  unreadable = false;

  constructor(
    private readonly argv: readonly string[],
    private readonly cwd: string,
  ) {}

  read({ gherkinDocument, pickle, source, parseError }: Envelope): void {
    if (gherkinDocument) this.documents.push(gherkinDocument);
    if (pickle) this.pickles.push(pickle);
    if (source) this.lines.set(source.uri, source.data.split(/\r?\n/));
    if (parseError) this.unreadable = true;
  }

  /** @throws BrineError BRINE_SELECT_001 when a path leads to nothing */
  found(paths: ResolvedPaths): void {
    this.paths = paths;
    assertPathsFound(paths, this.cwd);
  }

  /**
   * @throws BrineError BRINE_SELECT_001 when a path, a name or a tag is nowhere, BRINE_FEATURE_001 when a scenario that
   *   was chosen would test nothing
   */
  async assertWorthRunning(chosen: readonly Pickle[]): Promise<void> {
    if (this.unreadable) return;
    const { documents, pickles, lines } = this;
    const read = { documents, pickles, lines };
    const selection = await selectionOf(this.argv, this.cwd);
    const found: Selection = selection ?? { tags: '', names: [], shard: '' };
    assertSelectionFound(found, this.paths, { ...read, chosen: chosen.length }, this.cwd);
    const isChosen = chooser(found, this.paths, this.cwd);
    assertScenariosTest(read, chosen, { isChosen, isStep: knownSteps() });
  }

  /** What was asked for, when nothing is chosen though all of it is there. */
  describeEmptyChoice(): string {
    return this.pickles.length === 0 ? 'there is none' : `none of ${this.pickles.length} fits`;
  }
}
