import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration } from '../../support/time';

test('durations are read as people write them', () => {
  const cases: Array<[string, number]> = [
    ['5 seconds', 5_000],
    ['1 second', 1_000],
    ['1.5 s', 1_500],
    ['200 ms', 200],
    ['200ms', 200],
    ['3 milliseconds', 3],
    ['2 minutes', 120_000],
    ['1 min', 60_000],
    ['1 hour', 3_600_000],
    ['2 days', 172_800_000],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
});

test('what is no duration is none', () => {
  for (const text of ['', 'soon', '5', '5 fortnights', '-1 s', '1 s 2 s', '1 meter']) {
    assert.equal(parseDuration(text), undefined, text);
  }
});

test('durations are shown in the unit that fits', () => {
  const shown = [0.2, 4.44, 340, 1_000, 1_240, 59_900, 60_000, 125_000].map(formatDuration);
  assert.deepEqual(shown, ['0.2 ms', '4.4 ms', '340 ms', '1 s', '1.2 s', '59.9 s', '1 min', '2 min 5 s']);
});
