import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { loadSupport } from '@cucumber/cucumber/api';
import type { StepEntry } from '../step-definitions/catalogue';
import { catalogue, parameterTypes } from '../step-definitions/define';
import { type Call, type Command, WrongCallError } from './command';
import { editorGlue } from './editor-glue';
import { loadProject } from './project';

const keywords = { setup: 'Given', action: 'When', assertion: 'Then' } as const;

/** Lists the steps that a project has, its own and Brine's. */
export const steps: Command = {
  name: 'steps',
  usage: 'steps [<word>...]',
  summary: 'list the steps, or those that have all of the words',
  options: { glue: { type: 'string' } },
  optionLines: [
    '--glue <file>         write the steps to a file from which editors complete them (docs/editors.md)',
  ],
  async run(call: Call, print) {
    const { glue } = call.values;
    if (glue !== undefined && call.words.length > 0)
      throw new WrongCallError('--glue writes all of the steps: leave out the words');
    const { cucumber } = await loadProject(call);
    await loadSupport(cucumber.runConfiguration, { cwd: call.directory });
    if (typeof glue === 'string') return writeGlue(resolve(call.directory, glue), print);
    const found = catalogue.all().filter((entry) => hasAll(entry, call.words));
    if (found.length > 0) print(`${found.map(describe).join('\n\n')}\n`);
    else print(`no step has all of: ${call.words.join(', ')}. Fewer words find more.\n`);
    return found.length > 0 ? 0 : 1;
  },
};

function writeGlue(file: string, print: (text: string) => void): number {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, editorGlue(catalogue.all(), parameterTypes));
  print(`${file} has ${catalogue.all().length} steps for the editor\n`);
  return 0;
}

function hasAll({ kind, phrase, doc, examples }: StepEntry, words: readonly string[]): boolean {
  const text = [keywords[kind], phrase, doc, ...examples].join('\n').toLowerCase();
  return words.every((word) => text.includes(word.toLowerCase()));
}

function describe({ kind, phrase, doc, examples }: StepEntry): string {
  const example = examples[0].replaceAll('\n', '\n    ');
  return `${keywords[kind]} ${phrase}\n  ${doc.replaceAll('\n', '\n  ')}\n    ${example}`;
}
