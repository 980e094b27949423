import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BrineError } from '../../support/errors';
import { interpolate, matchJson } from '../../support/matching';

const told = (marker: string, value: unknown) =>
  matchJson(marker, value, { mode: 'contains', captured: new Map() }).mismatches.map(
    ({ reason }) => reason,
  )[0];

describe('#date compares moments:', () => {
  const noon = '2026-01-31T12:00:00Z';
  const fine: ReadonlyArray<readonly [string, unknown]> = [
    [`#date after ${noon}`, '2026-01-31T12:00:00.001Z'],
    [`#date after ${noon}`, new Date('2026-02-01')],
    [`#date after 2026-01-31`, '2026-01-31T00:00:00.000001Z'],
    [`#date before ${noon}`, '2026-01-31 12:30:00+01'],
    [`#date between ${noon} and 2026-02-01`, noon],
    [`#date between ${noon} and 2026-02-01`, '2026-02-01'],
    [`#date within 5 seconds of ${noon}`, '2026-01-31T12:00:05Z'],
    [`#date within 5 s of ${noon}`, '2026-01-31T11:59:55Z'],
    [`##date after ${noon}`, null],
    [`#date after ${noon} as later`, '2027-01-01'],
  ];
  for (const [marker, value] of fine)
    it(`${marker} is true of ${value}`, () => assert.equal(told(marker, value), undefined));

  const wrong: ReadonlyArray<readonly [string, unknown, string]> = [
    [`#date after ${noon}`, noon, `expected #date after ${noon}, was "${noon}" (just too early)`],
    [
      `#date before ${noon}`,
      '2026-01-31T12:00:02.5Z',
      `expected #date before ${noon}, was "2026-01-31T12:00:02.5Z" (2.5 s too late)`,
    ],
    [
      `#date within 5 seconds of ${noon}`,
      '2026-01-31T11:59:50Z',
      `expected #date within 5 seconds of ${noon}, was "2026-01-31T11:59:50Z" (5 s too early)`,
    ],
    [
      `#date between ${noon} and 2026-02-01`,
      '2026-02-02',
      `expected #date between ${noon} and 2026-02-01, was "2026-02-02" (1440 min too late)`,
    ],
    [`#date after ${noon}`, 'yesterday', `expected #date after ${noon}, was "yesterday"`],
    [`#date after ${noon}`, 17, `expected #date after ${noon}, was 17`],
  ];
  for (const [marker, value, text] of wrong) it(text, () => assert.equal(told(marker, value), text));

  const unreadable: ReadonlyArray<readonly [string, string]> = [
    ['#date after lunch', '"lunch" is no ISO 8601 date or timestamp'],
    ['#date within a while of 2026-01-31', '"a while" is no duration, such as 5 seconds'],
    ['#date between 2026-02-01 and 2026-01-01', '2026-02-01 is after 2026-01-01'],
    [
      '#date since 2026-02-01',
      'after #date comes after ..., before ..., between ... and ..., or within ... of ...',
    ],
    ['#date after 2026-02-30', '"2026-02-30" is no ISO 8601 date or timestamp'],
  ];
  for (const [marker, reason] of unreadable) {
    it(`${marker} cannot be read`, () =>
      assert.throws(
        () => told(marker, '2026-01-01'),
        (error) => {
          assert.ok(error instanceof BrineError && error.code === 'BRINE_MATCH_002');
          assert.ok(error.message.includes(reason), error.message);
          return true;
        },
      ));
  }
});

describe('dates are moved in the calendar:', () => {
  const scope = {
    variables: new Map<string, unknown>([
      ['leap', '2024-02-29'],
      ['end', '2026-01-31T10:00:00.000Z'],
    ]),
    now: () => new Date('2026-11-30T23:59:59.500Z'),
    uuid: () => '',
  };
  for (const [written, given] of [
    ['${today + 1 month}', '2026-12-30'],
    ['${today + 3 months}', '2027-02-28'],
    ['${leap + 1 year}', '2025-02-28'],
    ['${leap + 4 years}', '2028-02-29'],
    ['${end + 1 month}', '2026-02-28T10:00:00.000Z'],
    ['${end - 2 months}', '2025-11-30T10:00:00.000Z'],
    ['${end + 1 month + 1 day}', '2026-03-01T10:00:00.000Z'],
    ['${now + 2 weeks}', '2026-12-14T23:59:59.500Z'],
    ['${today - 1 week}', '2026-11-23'],
    ['${now + 1 month - 12 hours}', '2026-12-30T11:59:59.500Z'],
  ] as const) {
    it(`${written} is ${given}`, () => assert.equal(interpolate(written, scope, 'it'), given));
  }

  it('half a month is none', () => {
    assert.throws(() => interpolate('${today + 1.5 months}', scope, 'it'), /"1.5 months" is not a duration/);
  });
});
