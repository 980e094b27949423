import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ArrayMode, Json } from '../../support/matching';
import { matchJson, matchRows, parseJson, renderMismatches, renderRowsResult } from '../../support/matching';
import { assign } from '../../support/matching/assignment';

const many = 10_000;
const items = (make: (index: number) => Json): Json[] =>
  Array.from({ length: many }, (_, index) => make(index));

function matching(expected: Json, actual: unknown, arrays: ArrayMode) {
  return matchJson(expected, actual, { mode: 'contains', arrays, captured: new Map() }).mismatches;
}

/** How often the pairs are compared. */
function comparisons(
  expected: number,
  actual: number,
  fits: (e: number, a: number) => boolean,
  more: Partial<Parameters<typeof assign>[0]> = {},
): { compared: number; placed: number } {
  let compared = 0;
  const accepts = (e: number, a: number) => {
    compared++;
    return fits(e, a);
  };
  const partners = assign({ expected, actual, accepts, ...more });
  return { compared, placed: partners.filter((partner) => partner !== -1).length };
}

describe('of 10,000 items', () => {
  for (const arrays of ['same', 'contains', 'any order'] as const) {
    it(`(${arrays}) all that differ are counted, and the text stays readable`, () => {
      const expected = items((id) => ({ id, name: `n${id}`, place: { row: id } }));
      const actual = items((id) => ({ id: -id - 1, name: `m${id}`, place: { row: -id } }));
      const found = matching(expected, actual, arrays);
      assert.ok(found.length >= many, `${found.length}`);
      const text = renderMismatches(found);
      assert.ok(text.length < 45_000, `${text.length} characters`);
      assert.match(text, /\n\.\.\. and [\d,]+ more( lines)?$/);
    });
  }

  it('that are all alike, the surplus is found though each could be exchanged for any other', () => {
    const expected = items(() => ({ on: true }));
    const actual = items((index) => ({ on: index % 2 === 0 }));
    assert.equal(matching(expected, actual, 'contains').length, many / 2);
  });

  it('wrapped ones are found by what is within: { "node": { "id": 7 } }', () => {
    const actual = items((id) => ({ node: { id, name: `n${id}` } }));
    const expected = items((id) => ({ node: { id: many - 1 - id, name: '#string' } }));
    assert.deepEqual(matching(expected, actual, 'any order'), []);
  });

  it('the closest ones are told for the first hundred, with five differences each', () => {
    const wide = (id: number, sign: number) =>
      Object.fromEntries([['id', id], ...Array.from({ length: 20 }, (_, at) => [`f${at}`, sign * (at + 1)])]);
    const expected = [wide(1, 1), wide(2, 1)] as Json;
    const [first] = matching(expected, [wide(1, -1), 5], 'contains');
    assert.match(first?.reason ?? '', /; closest: (\$\[0\]\.f\d+ expected \d+, was -\d+; ){5}and 15 more$/);
  });

  it('rows: what is missing, unexpected and out of order is counted, and the text stays readable', () => {
    const expected = { columns: ['id', 'name'], rows: items((id) => id).map((id) => [`${id}`, `n${id}`]) };
    for (const mode of ['contains', 'only', 'in order', 'only in order'] as const) {
      for (const shift of [0, 5_000, many]) {
        const rows = Array.from({ length: many }, (_, id) => ({
          id: id + shift,
          name: `n${id + shift}`,
        })).reverse();
        const result = matchRows(expected, rows, { mode, captured: new Map() });
        assert.equal(result.missing.length, shift);
        assert.ok(renderRowsResult(result).length < 45_000);
      }
    }
  });
});

describe('pairing', () => {
  it('looks once at what a search in vain has been at', () => {
    const all = Array.from({ length: 2_000 }, (_, index) => index);
    const half = all.filter((index) => index % 2 === 0);
    const { compared, placed } = comparisons(2_000, 2_000, (_, a) => a % 2 === 0, { candidates: () => half });
    assert.equal(placed, 1_000);
    assert.ok(compared <= 4_000, `${compared} comparisons`); // 1,000 to place, 1,000 for the first search in vain
  });

  it('does not offer to one what another that is written alike was refused', () => {
    const { compared, placed } = comparisons(2_000, 2_000, () => false, { key: () => 'the same' });
    assert.deepEqual([compared, placed], [4_000, 0]); // to take one, and to rearrange for all
    const taking = comparisons(1_000, 2_000, (_, a) => a >= 1_000, { key: () => 'the same' });
    assert.deepEqual(taking, { compared: 2_000, placed: 1_000 });
  });
});

describe('pairing, compared with trying everything', () => {
  /** The size of a maximum matching, by Kuhn's algorithm in its plainest form. */
  function most(fits: readonly (readonly boolean[])[], actual: number): number {
    const owner = new Array<number>(actual).fill(-1);
    const place = (e: number, tried: Set<number>): boolean =>
      owner.some((_, a) => {
        if (fits[e]?.[a] !== true || tried.has(a)) return false;
        tried.add(a);
        if (owner[a] !== -1 && !place(owner[a] ?? -1, tried)) return false;
        owner[a] = e;
        return true;
      });
    return fits.filter((_, e) => place(e, new Set())).length;
  }

  it('finds as many pairs, each of which fits', () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }));
    const problems = sizes.chain(([expected, actual]) => {
      const row = fc.array(fc.boolean(), { minLength: actual, maxLength: actual });
      return fc.tuple(
        fc.array(row, { minLength: expected, maxLength: expected }),
        fc.constant(actual),
        fc.boolean(),
      );
    });
    fc.assert(
      fc.property(problems, ([fits, actual, hasKeys]) => {
        const partners = assign({
          expected: fits.length,
          actual,
          accepts: (e, a) => fits[e]?.[a] === true,
          ...(hasKeys ? { key: (e: number) => JSON.stringify(fits[e]) } : {}),
        });
        const placed = [...partners.entries()].filter(([, a]) => a !== -1);
        for (const [e, a] of placed) assert.equal(fits[e]?.[a], true);
        assert.equal(new Set(placed.map(([, a]) => a)).size, placed.length);
        assert.equal(placed.length, most(fits, actual));
      }),
      { numRuns: 2_000 },
    );
  });

  it('finds the one way to place them all where each fits many', () => {
    const { compared, placed } = comparisons(2_000, 2_000, (e, a) => a <= 1_999 - e);
    assert.equal(placed, 2_000);
    assert.ok(compared <= 4_000_000, `${compared} comparisons`); // each pair at most once
  });

  it('says so when it has not found out', () => {
    const accepts = (e: number, a: number) => a <= 999 - e;
    assert.throws(() => assign({ expected: 1_000, actual: 999, accepts }, 10), {
      message:
        'it is not known whether each of 1000 expected things fits one of its own among 999: after 10 comparisons there are still choices to try\n' +
        '  -> give what is expected fixed values where it can have some, or compare in order  [BRINE_MATCH_004]',
    });
  });
});

describe('at 1,000 levels', () => {
  const nested = (open: string, inner: string, close: string) =>
    parseJson(open.repeat(1_000) + inner + close.repeat(1_000), 'the text');
  for (const [what, open, close] of [
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ] as const) {
    for (const arrays of ['same', 'contains', 'any order'] as const) {
      it(`${what} (${arrays}) match, and where they differ is told`, () => {
        const one = nested(open, '1', close);
        assert.deepEqual(matching(one, one, arrays), []);
        const [difference, ...others] = matching(one, nested(open, '2', close), arrays);
        assert.deepEqual(others, []);
        assert.equal(difference?.reason, 'expected 1, was 2');
        assert.ok(renderMismatches(difference ? [difference] : []).length < 4_200);
      });
    }
  }
});

describe('numbers beyond 2^53 and beyond doubles keep every digit:', () => {
  for (const [one, other] of [
    ['9007199254740993', '9007199254740992'],
    ['123456789012345678901234567890', '123456789012345678901234567891'],
    ['0.1000000000000000055511151231257827', '0.1'],
    ['1e400', '1e401'],
  ]) {
    it(`${one} is not ${other}`, () => {
      const of = (digits = '') => parseJson(`{"n": ${digits}}`, 'the text');
      assert.deepEqual(matching(of(one), of(one), 'same'), []);
      const [difference] = matching(of(one), of(other), 'same');
      assert.equal(difference?.reason, `expected ${one}, was ${other}`);
      const table = { columns: ['n'], rows: [[one ?? '']] };
      const compared = (digits = '') =>
        matchRows(table, [of(digits) as Record<string, unknown>], { mode: 'only', captured: new Map() }).ok;
      assert.deepEqual([compared(one), compared(other)], [true, false]);
    });
  }
});
