import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ExactDecimal } from '../../support/matching';
import type { Literal } from '../../world/expectations';
import { readLiteral } from '../../world/literals';

describe('a literal of a step', () => {
  const cases: ReadonlyArray<readonly [written: string, value: Literal]> = [
    ['"ada"', 'ada'],
    ["'ada'", 'ada'],
    ['25', 25],
    ['-1.5', -1.5],
    ['9007199254740993', 9007199254740993n],
    ['0.1000000000000000055', new ExactDecimal('0.1000000000000000055')],
    ['true', true],
    ['null', null],
    ['"say \\"hi\\""', 'say "hi"'],
    ["'it\\'s \"so\"'", 'it\'s "so"'],
    ['"a\\nb\\t\\u00fc\\\\"', 'a\nb\tü\\'],
    ['"#regex \\d+[\\s\\S]*\\bx\\b"', '#regex \\d+[\\s\\S]*\\bx\\b'],
    ['"#regex order-\\\\d+"', '#regex order-\\d+'],
    ['"\\${name}"', '\\${name}'],
    ['"\\user \\x"', '\\user \\x'],
  ];
  for (const [written, value] of cases) it(written, () => assert.deepEqual(readLiteral(written), value));
});
