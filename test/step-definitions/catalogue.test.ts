import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { loadStepLibrary, type StepLibrary } from '../../docs/generate/step-library';
import type { StepEntry } from '../../step-definitions/catalogue';

describe('the step catalogue', () => {
  let library: StepLibrary;
  let entries: readonly StepEntry[];

  before(async () => {
    library = await loadStepLibrary('features/**/*.steps.ts');
    entries = library.catalogue.all();
  });

  /** The patterns that a step's text matches; the runner demands that it be one. */
  function matching(text: string): string[] {
    return library.definitions
      .filter((definition) => definition.matchesStepName(text))
      .map(({ pattern }) => String(pattern));
  }

  test('knows every step definition that the runner knows', () => {
    const known = entries.flatMap(({ expressions }) => expressions);
    const registered = library.definitions.map(({ pattern }) => String(pattern));
    assert.deepEqual(registered.toSorted(), known.toSorted());
    assert.equal(new Set(known).size, known.length, 'no expression is registered twice');
  });

  test('has a documentation and an example for every step', () => {
    for (const { phrase, doc, examples } of entries) {
      assert.match(doc, /\S.*\.$/s, `"${phrase}" has a documentation that ends in a full stop`);
      assert.ok(examples.length > 0, `"${phrase}" has an example`);
    }
  });

  test('names the file that defines a step', () => {
    for (const { phrase, file } of entries) assert.match(file, /^[a-z-]+\.steps\.ts$/, phrase);
  });

  test('has examples that match their own step, and no other', () => {
    for (const { phrase, expressions, examples } of entries) {
      for (const example of examples) {
        const found = matching(textOf(example));
        assert.equal(found.length, 1, `${example} matches: ${found.join(' | ') || 'nothing'}`);
        assert.ok(expressions.includes(found[0]!), `the example of "${phrase}" matches ${found[0]}`);
      }
    }
  });

  test('has examples that begin with the keyword of their kind', () => {
    const keywords = { setup: /^Given /, action: /^When /, assertion: /^Then / };
    for (const { kind, examples } of entries) {
      for (const example of examples) assert.match(example, keywords[kind]);
    }
  });

  test('has assertions that take each guard, and match one step with it', () => {
    const assertions = entries.filter(({ kind }) => kind === 'assertion');
    assert.ok(assertions.length > 0);
    for (const { expressions, examples } of assertions) {
      for (const guard of ['within 5 seconds', 'for 1 second', 'within 200 ms', 'for 1.5 seconds']) {
        const text = `${guard} ${withoutGuard(textOf(examples[0]))}`;
        const found = matching(text);
        assert.equal(found.length, 1, `${text} matches: ${found.join(' | ') || 'nothing'}`);
        assert.ok(expressions.includes(found[0]!));
      }
    }
  });

  test('has no guards on what is no assertion', () => {
    for (const { kind, examples } of entries) {
      if (kind !== 'assertion') assert.deepEqual(matching(`within 5 seconds ${textOf(examples[0])}`), []);
    }
  });

  test('has phrases that end in ":" just where a table or text follows', () => {
    for (const { phrase, examples } of entries) {
      for (const example of examples) assert.equal(example.includes('\n'), phrase.endsWith(':'), example);
    }
  });

  test('shows every part that may be left out, and the phrase without it, to be distinct steps', () => {
    for (const { phrase, expressions, kind } of entries) {
      const optional = phrase.match(/\[/g)?.length ?? 0;
      assert.equal(expressions.length, 2 ** optional * (kind === 'assertion' ? 3 : 1), phrase);
    }
  });
});

/** The first line of an example, without its keyword. */
function textOf(example: string): string {
  const [line = ''] = example.split('\n');
  return line.replace(/^(Given|When|Then) /, '');
}

function withoutGuard(text: string): string {
  return text.replace(/^(within|for) \S+ \S+ /, '');
}
