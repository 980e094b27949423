import { dialects } from '@cucumber/gherkin';
import type { Background, Examples, GherkinDocument, Pickle, Scenario } from '@cucumber/messages';
import { BrineError, nearest } from '../errors';

/** What was read of the features. */
export interface FeaturesRead {
  /** The lines of each file, by its path. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
  readonly documents: readonly GherkinDocument[];
  readonly pickles: readonly Pickle[];
}

/** A place in a feature at which something is not tested though it looks as if it were. */
interface Fault {
  readonly place: string;
  readonly text: string;
}

/** How the faults are found. */
export interface FaultOptions {
  /** Whether the scenarios that this one stands for would have been chosen. */
  readonly isChosen: (document: GherkinDocument, like: Pickle) => boolean;
  /** Whether a text without its keyword is a step. */
  readonly isStep: (text: string) => boolean;
}

/**
 * Makes sure that every chosen scenario has steps. Gherkin takes a line with a misspelt keyword for a description, and
 * the runner passes a scenario without steps, and leaves out one whose examples have no rows.
 * @param chosen the scenarios to be run
 * @throws BrineError BRINE_FEATURE_001 with every such place, the line and the nearest keyword
 */
export function assertScenariosTest(
  read: FeaturesRead,
  chosen: readonly Pickle[],
  options: FaultOptions,
): void {
  const faults = read.documents.flatMap((document) => faultsOf(document, read, chosen, options));
  if (faults.length === 0) return;
  const places = faults.map(({ place, text }) => `  ${place}  ${text}`).join('\n');
  throw new BrineError('BRINE_FEATURE_001', { places });
}

function faultsOf(
  document: GherkinDocument,
  { lines }: FeaturesRead,
  chosen: readonly Pickle[],
  options: FaultOptions,
): Fault[] {
  const { feature, uri = '' } = document;
  if (feature === undefined) return [];
  const ids = new Set(chosen.filter((pickle) => pickle.uri === uri).flatMap(({ astNodeIds }) => astNodeIds));
  const reader = new FaultReader(document, lines.get(uri) ?? [], keywordsOf(feature.language), options);
  const faults: Fault[] = [];
  const visit = (children: typeof feature.children, tags: readonly string[]): boolean => {
    let anyChosen = false;
    for (const { rule, scenario } of children) {
      if (rule) anyChosen = visit(rule.children, [...tags, ...namesOf(rule)]) || anyChosen;
      if (!scenario) continue;
      faults.push(...reader.emptyExamples(scenario, [...tags, ...namesOf(scenario)]));
      if (!ids.has(scenario.id)) continue;
      anyChosen = true;
      faults.push(...reader.ofScenario(scenario));
    }
    const background = children.find((child) => child.background)?.background;
    if (anyChosen && background) faults.push(...reader.swallowedSteps(background, 'the background'));
    return anyChosen;
  };
  visit(feature.children, namesOf(feature));
  return faults;
}

class FaultReader {
  constructor(
    private readonly document: GherkinDocument,
    private readonly lines: readonly string[],
    private readonly keywords: readonly string[],
    private readonly options: FaultOptions,
  ) {}

  ofScenario(scenario: Scenario): Fault[] {
    const what = `scenario "${scenario.name}"`;
    const swallowed = this.swallowedSteps(scenario, what);
    if (scenario.steps.length > 0 || swallowed.length > 0) return swallowed;
    const lines = this.descriptionOf(scenario);
    const suspicious = lines.find(({ text }) => this.keywordNear(text) !== undefined) ?? lines[0];
    if (suspicious !== undefined) return [this.taken(suspicious, `${what}, which has no steps`)];
    return [{ place: this.place(scenario.location.line), text: `${what} has no steps` }];
  }

  /** Lines of a description that would be steps if their keyword were one. */
  swallowedSteps(node: Scenario | Background, what: string): Fault[] {
    return this.descriptionOf(node)
      .filter(({ text }) => this.keywordNear(text) !== undefined && this.options.isStep(withoutWord(text)))
      .map((line) => this.taken(line, what));
  }

  emptyExamples(scenario: Scenario, tags: readonly string[]): Fault[] {
    return scenario.examples
      .filter(({ tableBody }) => tableBody.length === 0)
      .filter((examples) =>
        this.options.isChosen(this.document, pickleLike(this.document, scenario, examples, tags)),
      )
      .map(({ location }) => ({
        place: this.place(location.line),
        text: `the examples of "${scenario.name}" have no rows, so it does not run`,
      }));
  }

  /** The lines of a description. Gherkin does not say where they stand: somewhere below the name. */
  private descriptionOf({ description, location }: Scenario | Background): DescriptionLine[] {
    let line = location.line;
    return description
      .split('\n')
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => {
        const found = this.lines.findIndex((one, index) => index >= line && one.trim() === text);
        line = found < 0 ? line : found + 1;
        return { line, text };
      });
  }

  private taken({ line, text }: DescriptionLine, what: string): Fault {
    const keyword = this.keywordNear(text);
    const meant = keyword === undefined ? '' : `; did you mean "${keyword}"?`;
    return { place: this.place(line), text: `"${text}" is no step, but a description of ${what}${meant}` };
  }

  private keywordNear(text: string): string | undefined {
    const [word = ''] = text.split(/\s/);
    return word.length < 2 ? undefined : nearest(word, this.keywords)[0];
  }

  private place(line: number): string {
    return `${this.document.uri}:${line}`;
  }
}

interface DescriptionLine {
  readonly line: number;
  readonly text: string;
}

function withoutWord(text: string): string {
  return text.replace(/^\S+\s*/, '');
}

function namesOf({ tags }: { readonly tags: ReadonlyArray<{ readonly name: string }> }): string[] {
  return tags.map(({ name }) => name);
}

function keywordsOf(language: string): string[] {
  const dialect = dialects[language] ?? dialects.en;
  const { given = [], when = [], then = [], and = [], but = [] } = dialect ?? {};
  return [...given, ...when, ...then, ...and, ...but]
    .map((keyword) => keyword.trim())
    .filter((word) => word !== '*');
}

/** What the runner's own selection looks at. */
function pickleLike(
  { uri = '' }: GherkinDocument,
  scenario: Scenario,
  examples: Examples,
  tags: readonly string[],
): Pickle {
  const all = [...tags, ...namesOf(examples)].map((name) => ({ name, astNodeId: '' }));
  const { id, name } = scenario;
  return { id, uri, name, language: '', steps: [], tags: all, astNodeIds: [id] };
}
