import { join } from 'node:path';
import { loadSupport } from '@cucumber/cucumber/api';
import type { Expression } from '@cucumber/cucumber-expressions';
import type { Catalogue } from '../../step-definitions/catalogue';
import { catalogue } from '../../step-definitions/define';

const project = join(__dirname, '..', '..');

/** A step definition, so far as the runner's own type of it can be relied upon. */
export interface StepDefinition {
  readonly pattern: string | RegExp;
  readonly expression: Expression;
  matchesStepName(text: string): boolean;
}

/** The step definitions as the runner sees them, and what Brine knows of its own. */
export interface StepLibrary {
  readonly definitions: readonly StepDefinition[];
  readonly catalogue: Catalogue;
}

/** Cucumber's Given, When and Then work only while the runner loads files: so it is asked to, without a run. */
export async function loadStepLibrary(...ownSteps: readonly string[]): Promise<StepLibrary> {
  const library = await loadSupport(
    {
      sources: { defaultDialect: 'en', paths: [], names: [], tagExpression: '', order: 'defined' },
      support: { requirePaths: ['step-definitions/*.steps.ts', ...ownSteps] },
    },
    { cwd: project },
  );
  // the interface gives no more than a handle of it
  const { stepDefinitions } = library as unknown as { stepDefinitions: readonly StepDefinition[] };
  return { definitions: stepDefinitions, catalogue };
}
