import type { Background, GherkinDocument, Pickle, Rule, Scenario } from '@cucumber/messages';

/** A chosen scenario as the runner hands it to its lane. */
interface SourcedScenario {
  readonly pickle: Pickle;
  readonly gherkinDocument: GherkinDocument;
}

/** Where a scenario stands in its document. */
interface Place {
  readonly scenario: Scenario;
  readonly rule: Rule | undefined;
}

interface Contents {
  readonly backgrounds: readonly Background[];
  readonly places: ReadonlyMap<string, Place>;
}

/**
 * Leaves of each scenario's document what belongs to the scenario: the feature, its rule, the backgrounds, and of an outline the
 * examples' rows that it was made of. The runner sends the document with each scenario to a lane, and copies it whole for that: a
 * feature with 1,000 scenarios took 5 ms for each. Hooks get this document as their `gherkinDocument`.
 * @param chosen as the runner hands them to those who choose
 * @returns the same in the same order; one whose place is not found keeps its whole document
 */
export function withOwnDocuments<Chosen extends SourcedScenario>(chosen: readonly Chosen[]): Chosen[] {
  const known = new Map<GherkinDocument, Contents>();
  return chosen.map((one) => {
    const contents = known.get(one.gherkinDocument) ?? contentsOf(one.gherkinDocument);
    known.set(one.gherkinDocument, contents);
    return { ...one, gherkinDocument: ownDocument(one, contents) };
  });
}

function contentsOf({ feature }: GherkinDocument): Contents {
  const places = new Map<string, Place>();
  const backgrounds: Background[] = [];
  for (const { background, rule, scenario } of feature?.children ?? []) {
    if (background !== undefined) backgrounds.push(background);
    if (scenario !== undefined) places.set(scenario.id, { scenario, rule: undefined });
    for (const child of rule?.children ?? []) {
      if (child.scenario !== undefined) places.set(child.scenario.id, { scenario: child.scenario, rule });
    }
  }
  return { backgrounds, places };
}

function ownDocument({ gherkinDocument, pickle }: SourcedScenario, contents: Contents): GherkinDocument {
  const { feature } = gherkinDocument;
  const place = pickle.astNodeIds.map((id) => contents.places.get(id)).find((found) => found !== undefined);
  if (feature === undefined || place === undefined) return gherkinDocument;
  const scenario = ownRows(place.scenario, pickle);
  const backgrounds = contents.backgrounds.map((background) => ({ background }));
  const child = place.rule === undefined ? { scenario } : { rule: ownRule(place.rule, scenario) };
  return { ...gherkinDocument, feature: { ...feature, children: [...backgrounds, child] } };
}

function ownRule(rule: Rule, scenario: Scenario): Rule {
  const backgrounds = rule.children.filter(({ background }) => background !== undefined);
  return { ...rule, children: [...backgrounds, { scenario }] };
}

/** Of an outline's examples those rows that the scenario was made of. */
function ownRows(scenario: Scenario, { astNodeIds }: Pickle): Scenario {
  if (scenario.examples.length === 0) return scenario;
  const own = new Set(astNodeIds);
  const examples = scenario.examples
    .map((one) => ({ ...one, tableBody: one.tableBody.filter(({ id }) => own.has(id)) }))
    .filter(({ tableBody }) => tableBody.length > 0);
  return { ...scenario, examples };
}
