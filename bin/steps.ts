import { loadSupport } from '@cucumber/cucumber/api';
import type { StepEntry } from '../step-definitions/catalogue';
import { catalogue } from '../step-definitions/define';
import type { Call, Command } from './command';
import { loadProject } from './project';

const keywords = { setup: 'Given', action: 'When', assertion: 'Then' } as const;

/** Lists the steps that a project has, its own and Brine's. */
export const steps: Command = {
  name: 'steps',
  usage: 'steps [<word>...]',
  summary: 'list the steps, or those that have all of the words',
  async run(call: Call, print) {
    const { cucumber } = await loadProject(call);
    await loadSupport(cucumber.runConfiguration, { cwd: call.directory });
    const found = catalogue.all().filter((entry) => hasAll(entry, call.words));
    if (found.length > 0) print(`${found.map(describe).join('\n\n')}\n`);
    else print(`no step has all of: ${call.words.join(', ')}. Fewer words find more.\n`);
    return found.length > 0 ? 0 : 1;
  },
};

function hasAll({ kind, phrase, doc, examples }: StepEntry, words: readonly string[]): boolean {
  const text = [keywords[kind], phrase, doc, ...examples].join('\n').toLowerCase();
  return words.every((word) => text.includes(word.toLowerCase()));
}

function describe({ kind, phrase, doc, examples }: StepEntry): string {
  const example = examples[0].replaceAll('\n', '\n    ');
  return `${keywords[kind]} ${phrase}\n  ${doc.replaceAll('\n', '\n  ')}\n    ${example}`;
}
