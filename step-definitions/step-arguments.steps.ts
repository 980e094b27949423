import type { PickleStepArgument } from '@cucumber/messages';
import { BrineError } from '../support/errors';
import { beforeEachStep } from '../world/running-step';
import type { StepEntry } from './catalogue';
import { catalogue, parameterTypes } from './define';
import { StepUses } from './step-uses';

/** What stands below a step's line. */
type Block = 'nothing' | 'a table' | 'text';

/** What a step takes; one of a project that an example does not show takes either. */
type Expected = Block | 'either';

const called: Readonly<Record<Expected, string>> = {
  nothing: 'nothing',
  'a table': 'a table',
  text: 'text between two lines of """',
  either: 'a table or text between two lines of """',
};

/** The steps are all defined by the time that one is looked up. */
class StepArguments {
  private steps: StepUses | undefined;

  /** @throws BrineError BRINE_STEP_002 when a table or text is missing, superfluous, or the other of the two */
  assertFit(text: string, argument: PickleStepArgument | undefined): void {
    const given = givenBlock(argument);
    if (given === 'nothing' && !text.endsWith(':')) return;
    this.steps ??= new StepUses(catalogue.all(), parameterTypes);
    const entry = this.steps.entryOf(text);
    if (entry === undefined) return;
    const expected = expectedBlock(entry);
    if (expected === 'either' ? given === 'nothing' : given !== expected)
      throw misfit(text, given, expected, entry);
  }
}

function givenBlock(argument: PickleStepArgument | undefined): Block {
  if (argument?.dataTable) return 'a table';
  return argument?.docString ? 'text' : 'nothing';
}

/** A phrase does not say which of the two it takes; its example shows it. */
function expectedBlock({ phrase, examples }: StepEntry): Expected {
  const [, below] = examples[0].trim().split('\n');
  if (below === undefined) return phrase.endsWith(':') ? 'either' : 'nothing';
  return below.trim().startsWith('|') ? 'a table' : 'text';
}

function misfit(text: string, given: Block, expected: Expected, { examples }: StepEntry): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `step "${text}"`,
    reason: `below it stands ${called[given]}, and it takes ${called[expected]}`,
    advice: `as in:\n${examples[0].replace(/^/gm, '       ')}\n `,
  });
}

const stepArguments = new StepArguments();

beforeEachStep(({ pickleStep }) => stepArguments.assertFit(pickleStep.text, pickleStep.argument));
