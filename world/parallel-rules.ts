/** A scenario, as far as the rules look at it. */
export interface Tagged {
  readonly tags: ReadonlyArray<{ readonly name: string }>;
}

const serial = '@serial';
const exclusive = /^@exclusive(:.+)?$/;

/**
 * Whether a scenario may run now: `@serial` beside no other, `@exclusive:<name>` beside none of the same name.
 * Beside nothing every scenario may run, so the runner never has to force one, which it would warn of.
 * @param running the scenarios under way in the other lanes
 */
export function mayRunBeside(scenario: Tagged, running: readonly Tagged[]): boolean {
  if (running.length === 0) return true;
  if (isSerial(scenario) || running.some(isSerial)) return false;
  const taken = new Set(running.flatMap(exclusiveTags));
  return !exclusiveTags(scenario).some((tag) => taken.has(tag));
}

/**
 * The scenarios in their order, but those with `@serial` last. The runner gives a lane that once had nothing to do
 * no more work for the rest of the run: with a `@serial` scenario in the middle only one lane would be left.
 */
export function serialLast<T>(scenarios: readonly T[], tagged: (scenario: T) => Tagged): T[] {
  const last = scenarios.filter((scenario) => isSerial(tagged(scenario)));
  return [...scenarios.filter((scenario) => !isSerial(tagged(scenario))), ...last];
}

/** How many lanes have work at most: those with `@serial` come last, one after the other, in a lane that had some. */
export function mostAtOnce(scenarios: readonly Tagged[]): number {
  return Math.max(1, scenarios.filter((scenario) => !isSerial(scenario)).length);
}

function isSerial({ tags }: Tagged): boolean {
  return tags.some(({ name }) => name === serial);
}

function exclusiveTags({ tags }: Tagged): string[] {
  return tags.map(({ name }) => name).filter((name) => exclusive.test(name));
}
