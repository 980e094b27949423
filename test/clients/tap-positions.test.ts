import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TapPositions } from '../../support/clients/tap-positions';

const place = 'audit/0';

describe('how far a recorder has read a partition', () => {
  test('an event that it was given before, as after a rebalance, is known', () => {
    const positions = new TapPositions();
    for (const offset of [0n, 1n, 2n]) positions.recorded(place, offset);
    assert.equal(positions.hasRead(place, 3n), true);
    assert.equal(positions.hasRead(place, 4n), false);
    assert.equal(positions.hasRead('audit/1', 1n), false);
    assert.equal(positions.hasRead('audit/1', 0n), true);
  });

  test('markers of transactions count as read, and not as events', () => {
    const positions = new TapPositions();
    positions.recorded(place, 4n);
    assert.equal(positions.readableEnd(place, 6n), 6n);
    positions.passed(place, 5n);
    assert.equal(positions.hasRead(place, 6n), true);
    assert.equal(positions.readableEnd(place, 6n), 5n);
  });

  test('an event that came while the end was asked for is not of another log', () => {
    const positions = new TapPositions();
    positions.recorded(place, 4n);
    const read = positions.now();
    positions.recorded(place, 5n);
    positions.endsAt(place, 5n, read);
    assert.equal(positions.hasRead(place, 6n), true);
  });

  test('a log that begins anew is read from its beginning', () => {
    const positions = new TapPositions();
    positions.recorded(place, 9n);
    positions.endsAt(place, 10n, positions.now());
    assert.equal(positions.hasRead(place, 10n), true);
    positions.endsAt(place, 2n, positions.now());
    assert.equal(positions.hasRead(place, 1n), false);
    assert.equal(positions.readableEnd(place, 0n), 0n);
  });
});
