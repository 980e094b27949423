import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BrineError } from '../../support/errors';
import { ExactDecimal, parseJson, stringifyJson } from '../../support/matching';

function complaint(text: string): string {
  try {
    parseJson(text, 'the body');
  } catch (error) {
    assert.ok(error instanceof BrineError);
    assert.equal(error.code, 'BRINE_JSON_001');
    return error.message;
  }
  return assert.fail(`${text} was read`);
}

function says(line: number, column: number, reason: string, advice: string): string {
  return `the body is not valid JSON at line ${line}, column ${column}: ${reason}\n  -> ${advice}  [BRINE_JSON_001]`;
}

describe('reading JSON', () => {
  it('gives what JSON.parse gives, for every JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.equal(stringifyJson(parseJson(text, 'x')), JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it('accepts nothing that JSON.parse refuses, but for names given twice and the escapes of markers', () => {
    const noise = fc.string({ unit: fc.constantFrom(...'{}[]",:0123.eE+-tnulrfase \\\n#$x') });
    fc.assert(
      fc.property(noise, (text) => {
        const plain = text.replace(/\\[#$]/g, '');
        let mine: unknown;
        try {
          mine = parseJson(plain, 'x');
        } catch (error) {
          assert.ok(error instanceof BrineError);
          return;
        }
        assert.equal(JSON.stringify(JSON.parse(stringifyJson(mine))), JSON.stringify(JSON.parse(plain)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keeps every digit of integers beyond 2^53 and of long decimals, there and back', () => {
    const text = '{"id":12345678901234567890,"price":0.12345678901234567890,"huge":1e400,"safe":42}';
    const value = parseJson(text, 'x') as Record<string, unknown>;
    assert.equal(value.id, 12345678901234567890n);
    assert.ok(value.price instanceof ExactDecimal);
    assert.equal(value.safe, 42);
    assert.equal(stringifyJson(value), text);
  });

  it('treats __proto__ and constructor as plain names', () => {
    const value = parseJson('{"__proto__": {"admin": true}, "constructor": 1}', 'x') as Record<
      string,
      unknown
    >;
    assert.deepEqual(Object.keys(value), ['__proto__', 'constructor']);
    assert.equal(value.admin, undefined);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it('lets the escapes of markers and variables through', () => {
    assert.equal(parseJson(String.raw`"\#1"`, 'x'), String.raw`\#1`);
    assert.equal(parseJson(String.raw`"\\#1"`, 'x'), String.raw`\#1`);
    assert.equal(parseJson(String.raw`"\${x}"`, 'x'), String.raw`\${x}`);
  });

  it('skips a byte order mark', () => {
    assert.deepEqual(parseJson('\ufeff{}', 'x'), {});
  });

  it('reads 1,000 levels and refuses what is deeper than its stack with a message', () => {
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    assert.equal(stringifyJson(parseJson(deep(1_000), 'x')), deep(1_000));
    assert.match(complaint(deep(100_000)), /nested deeper than 1200 levels/);
  });
});

describe('an error in JSON names line, column, reason and remedy', () => {
  const doubleQuotes = 'JSON knows only double quotes: write "..." in place of \'...\'';
  const straight = 'write straight double quotes ("); an editor or a chat program has changed them';
  const cases: readonly [name: string, text: string, message: string][] = [
    ['single quotes', "{\n  'id': 1\n}", says(2, 3, "'id' is in single quotes", doubleQuotes)],
    [
      'a trailing comma',
      '{"a": 1,\n}',
      says(1, 8, 'a comma stands before the closing }', 'remove the comma'),
    ],
    ['typographic quotes', '{"a": \u201cx\u201d}', says(1, 7, '\u201c is a typographic quote', straight)],
    [
      'a bare marker',
      '{"id": #uuid as orderId}',
      says(
        1,
        8,
        'the marker #uuid as orderId stands without quotes',
        'put it in double quotes: "#uuid as orderId"',
      ),
    ],
    [
      'a bare predicate',
      '{"n": #? _ > 0 }',
      says(1, 7, 'the marker #? _ > 0 stands without quotes', 'put it in double quotes: "#? _ > 0"'),
    ],
    [
      'a bare variable',
      `{"id": \${orderId}}`,
      says(
        1,
        8,
        `the variable \${orderId} stands without quotes`,
        `put it in double quotes: "\${orderId}" (a text that is nothing but a variable keeps the type of its value)`,
      ),
    ],
    ['a bare name', '{id: 1}', says(1, 2, 'the name id stands without quotes', 'write "id":')],
    [
      'a missing comma',
      '{"a": 1\n "b": 2}',
      says(2, 2, '"b" stands where a comma or } is due', 'is a comma missing before it?'),
    ],
    [
      'a name given twice',
      '{"a":1,"a":2}',
      says(1, 8, 'the name "a" is given twice', 'remove one of the two'),
    ],
    ['an open object', '{"a": 1', says(1, 8, 'the { of line 1 is not closed', 'add the missing }')],
    ['a capital', '{"a": True}', says(1, 7, 'True is not a word of JSON', 'write true')],
    ['a comment', '// x\n{}', says(1, 1, 'JSON has no comments', 'remove the comment')],
    ['nothing', ' \n', says(1, 1, 'there is nothing', 'give a JSON value, such as {} or []')],
    [
      'a line break in a text',
      '{"a": "x\ny"}',
      says(
        1,
        7,
        'the text that begins here is not closed on its line',
        'close it with a double quote; a line break within a text is written \\n',
      ),
    ],
    [
      'something after the end',
      '{} {}',
      says(
        1,
        4,
        '{ comes after the end of the value',
        'remove it, or put several values into an array: [ ..., ... ]',
      ),
    ],
    [
      'a leading zero',
      '[007]',
      says(
        1,
        2,
        '007 is not a number of JSON',
        'a number has no leading zero or plus, and digits on both sides of its point: 0.5, -12, 1e6',
      ),
    ],
  ];
  for (const [name, text, message] of cases) it(name, () => assert.equal(complaint(text), message));
});
