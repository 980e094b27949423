import { BeforeStep } from '@cucumber/cucumber';
import type { PickleStepArgument } from '@cucumber/messages';
import { BrineError } from '../support/errors';
import type { StepEntry } from './catalogue';
import { catalogue, parameterTypes } from './define';
import { StepUses } from './step-uses';

/** What stands below a step's line. */
type Block = 'nothing' | 'a table' | 'text';

const called: Readonly<Record<Block, string>> = {
  nothing: 'nothing',
  'a table': 'a table',
  text: 'text between two lines of """',
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
    if (given !== expected) throw misfit(text, given, expected, entry);
  }
}

function givenBlock(argument: PickleStepArgument | undefined): Block {
  if (argument?.dataTable) return 'a table';
  return argument?.docString ? 'text' : 'nothing';
}

/** A phrase does not say which of the two it takes; its example shows it. */
function expectedBlock({ examples }: StepEntry): Block {
  const [, below] = examples[0].split('\n');
  if (below === undefined) return 'nothing';
  return below.trim().startsWith('|') ? 'a table' : 'text';
}

function misfit(text: string, given: Block, expected: Block, { examples }: StepEntry): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `step "${text}"`,
    reason: `below it stands ${called[given]}, and it takes ${called[expected]}`,
    advice: `as in:\n${examples[0].replace(/^/gm, '       ')}\n `,
  });
}

const stepArguments = new StepArguments();

BeforeStep(({ pickleStep }) => stepArguments.assertFit(pickleStep.text, pickleStep.argument));
