import type { StepEntry } from '../step-definitions/catalogue';
import type { ParameterTypes } from '../step-definitions/parameter-types';

const keywords = { setup: 'Given', action: 'When', assertion: 'Then' } as const;

/**
 * TypeScript for the Cucumber extension of editors, which reads step definitions without running them, and so sees none of those
 * that are made by Brine's functions: each expression in the form that it knows.
 * @returns the text of a file that no run should load
 */
export function editorGlue(entries: readonly StepEntry[], types: ParameterTypes): string {
  const definitions = entries.flatMap(({ kind, expressions }) =>
    expressions.map((expression) => `${keywords[kind]}(${quoted(expression)}, () => {});`),
  );
  return [
    '// Made by `npx brine steps --glue`: for the editor only. A run must not load it.',
    "import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';",
    '',
    ...types
      .all()
      .map(
        ({ name, regexps }) =>
          `defineParameterType({ name: ${quoted(name)}, regexp: ${regexpOf(regexps)} });`,
      ),
    '',
    ...definitions,
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** One literal, for that is what editors read. */
function regexpOf(sources: readonly string[]): string {
  const [only = ''] = sources;
  return `/${sources.length === 1 ? only : sources.map((source) => `(?:${source})`).join('|')}/`;
}
