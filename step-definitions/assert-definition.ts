import { backingServiceNames } from '../support/config/backing-services';
import { BrineError, didYouMean } from '../support/errors';
import type { StepDocumentation } from './catalogue';

/** What is given for a step; a project in JavaScript may give anything. */
interface Given {
  readonly phrase: unknown;
  readonly documentation: unknown;
  readonly body: unknown;
}

/**
 * Whether a step can be defined so.
 * @param place where in the code it is defined
 * @throws BrineError BRINE_STEP_005 naming the step and what is wrong with it
 */
export function assertDefinition({ phrase, documentation, body }: Given, place: () => string): void {
  const wrong = (reason: string, advice: string) => {
    const name = typeof phrase === 'string' ? ` "${phrase}"` : '';
    return new BrineError('BRINE_STEP_005', { name, place: place(), reason, advice });
  };
  if (typeof phrase !== 'string' || phrase.trim() === '')
    throw wrong(
      'its phrase is no text',
      "write a Cucumber expression, 'user {string} exists'; the runner's Given, When and Then take patterns, too",
    );
  if (!hasPairs(phrase))
    throw wrong('a bracket has no other half', "enclose what may be left out: '... is sold[ by {word}]'");
  if (!isDocumentation(documentation))
    throw wrong(
      'it has no documentation',
      `say what it does, and show it: { doc: '...', examples: ['Given ...'] }`,
    );
  const [below] = documentation.examples.filter((example) => example.trim().includes('\n'));
  if (below !== undefined && !phrase.endsWith(':'))
    throw wrong(
      'an example has something below its line, and the phrase has no ":" at its end',
      `with a table or text below it, it is "${phrase}:"`,
    );
  const unknown = documentation.uses?.find((service) => !backingServiceNames.includes(service));
  if (unknown !== undefined)
    throw wrong(
      `it uses "${unknown}", which is no backing service`,
      `${didYouMean(unknown, backingServiceNames)}known: ${backingServiceNames.join(', ')}`,
    );
  if (typeof body !== 'function')
    throw wrong('it has no body', `give a function, after the documentation: async function () { ... }`);
}

function hasPairs(phrase: string): boolean {
  const brackets = phrase.replace(/[^[\]]/g, '');
  return /^(?:\[\])*$/.test(brackets);
}

function isDocumentation(given: unknown): given is StepDocumentation {
  if (typeof given !== 'object' || given === null) return false;
  const { doc, examples } = given as Partial<StepDocumentation>;
  return isText(doc) && Array.isArray(examples) && examples.length > 0 && examples.every(isText);
}

function isText(given: unknown): boolean {
  return typeof given === 'string' && given.trim() !== '';
}
