import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  interpolate,
  matchJson,
  matchRows,
  parseJson,
  renderRowsResult,
  renderTable,
  renderValue,
} from '../../support/matching';

const told = (expected: string, actual: string) =>
  matchJson(expected, actual, { mode: 'contains', captured: new Map() }).mismatches[0]?.reason;

describe('what cannot be seen is shown as JSON would write it:', () => {
  const cases: ReadonlyArray<readonly [what: string, text: string, shown: string]> = [
    ['a space without width', 'a\u200bb', '"a\\u200bb"'],
    ['a byte order mark', '\ufeffid', '"\\ufeffid"'],
    ['a space that is none', 'a\u00a0b', '"a\\u00a0b"'],
    ['a sign that turns the direction', '\u202egnp.exe', '"\\u202egnp.exe"'],
    ['a soft hyphen', 'co\u00adop', '"co\\u00adop"'],
    ['a tag', 'x\u{e0041}', '"x\\udb40\\udc41"'],
    ['a control sign', 'a\u0007\u0085', '"a\\u0007\\u0085"'],
    ['a line separator', 'a\u2028b', '"a\\u2028b"'],
  ];
  for (const [what, text, shown] of cases) {
    it(`${what}, in a value and in a cell`, () => {
      assert.equal(renderValue(text), shown);
      assert.equal(renderValue({ [text]: 1 }), `{${shown}: 1}`);
      const cell = shown.replaceAll('\\', '\\\\');
      assert.equal(renderTable(['a'], [[text]]).split('\n')[1], `| ${cell} |`);
      assert.equal(parseJson(shown, 'it'), text);
    });
  }

  it('and nothing else is', () => {
    for (const text of [
      'e\u0301',
      '\u{1f600}',
      '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
      '\u05d0\u05d1',
      'tab\tand\nline',
    ]) {
      assert.equal(renderValue(text), JSON.stringify(text));
    }
  });

  it('where it makes the difference, that is said', () => {
    assert.equal(
      told('ab', 'a\u200bb'),
      'expected "ab", was "a\\u200bb" (only signs that cannot be seen differ)',
    );
    assert.equal(told('a b', 'a\u00a0b'), 'expected "a b", was "a\\u00a0b" (only white space differs)');
    assert.equal(
      told('caf\u00e9', 'cafe\u0301'),
      'expected "caf\u00e9", was "cafe\u0301" (the same to the eye: another Unicode form)',
    );
  });

  it('in rows, as a cell that could be copied into the feature', () => {
    const result = (cell: string) =>
      matchRows({ columns: ['name'], rows: [[cell]] }, [{ name: 'a\u200bb' }], {
        mode: 'only',
        captured: new Map(),
      });
    assert.equal(
      renderRowsResult(result('ab')),
      [
        '1 of 1 expected row missing, 1 unexpected row; there is 1 row',
        'missing (row 1 of the table):',
        '  | name |',
        '  | ab   |',
        '  the only row differs in:',
        '    | name        |',
        '    | "a\\\\u200bb" |',
        '    name: expected ab, was "a\\u200bb" (only signs that cannot be seen differ)',
        'unexpected:',
        '  | name        |',
        '  | "a\\\\u200bb" |',
      ].join('\n'),
    );
    assert.ok(result('"a\\u200bb"').ok);
  });
});

describe('names of what every object inherits are names like others:', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    it(`${name} as a column, a field, a variable`, () => {
      const row = Object.fromEntries([[name, 'x']]);
      const matches = (cell: string, actual: Record<string, unknown>) =>
        matchRows({ columns: [name], rows: [[cell]] }, [actual], { mode: 'only', captured: new Map() }).ok;
      assert.deepEqual(
        [matches('x', row), matches('#present', {}), matches('#notpresent', {})],
        [true, false, true],
      );
      const json = parseJson(`{"${name}": {"${name}": 1}}`, 'it');
      assert.deepEqual(matchJson(json, json, { mode: 'exactly', captured: new Map() }).mismatches, []);
      assert.equal(matchJson(json, {}, { mode: 'contains', captured: new Map() }).mismatches.length, 1);
      const scope = { variables: new Map([[name, 'mine']]), now: () => new Date(), uuid: () => '' };
      assert.equal(interpolate(`\${${name}}`, scope, 'it'), 'mine');
      assert.throws(
        () => interpolate(`\${${name}}`, { ...scope, variables: new Map() }, 'it'),
        /has no value/,
      );
    });
  }
});
