import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sameInterval } from '../../support/matching';

describe('intervals are the same as PostgreSQL says', () => {
  const cases: ReadonlyArray<readonly [one: string, other: string, same: boolean]> = [
    ['1 day', '24:00:00', true],
    ['1 day 02:00:00', '26:00:00', true],
    ['1 year', '12 mons', true],
    ['1 mon', '30 days', true],
    ['1 mon -1 days', '29 days', true],
    ['1 day -00:00:01', '23:59:59', true],
    ['-3 days +04:05:06.5', '-67:54:53.500000', true],
    ['00:00:00', '0 days', true],
    ['1 day', '24:00:00.000001', false],
    ['1 year', '365 days', false],
    ['P1D', '1 day', false],
    ['P1D', 'P1D', true],
    ['a while', '00:00:00', false],
    ['', '00:00:00', false],
  ];
  for (const [one, other, same] of cases) {
    it(`${one || '(nothing)'} ${same ? 'is' : 'is not'} ${other}`, () => {
      assert.equal(sameInterval(one, other), same);
      assert.equal(sameInterval(other, one), same);
    });
  }
});
