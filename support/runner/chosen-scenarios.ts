import type { Pickle } from '@cucumber/messages';
import { catalogue, parameterTypes } from '../../step-definitions/define';
import { StepUses } from '../../step-definitions/step-uses';
import type { ChosenScenario } from '../environment/needs';

/**
 * What the chosen scenarios say about their needs. Their steps are looked up in the step catalogue, which is full
 * by the time they are chosen, for the runner loads its support code before.
 */
export function chosenScenarios(pickles: readonly Pickle[]): ChosenScenario[] {
  const uses = new StepUses(catalogue.all(), parameterTypes);
  return pickles.map(({ tags, steps }) => ({
    tags: tags.map(({ name }) => name),
    uses: new Set(steps.flatMap(({ text }) => uses.of(text))),
  }));
}

/** Whether a text, without its keyword, is a step of the catalogue. */
export function knownSteps(): (text: string) => boolean {
  const uses = new StepUses(catalogue.all(), parameterTypes);
  return (text) => uses.entryOf(text) !== undefined;
}
