import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SettableClock } from '../../support/environment/services/in-process/settable-clock';

const dayMs = 86_400_000;

function clockOnMachine(start: string) {
  let machine = Date.parse(start);
  const clock = new SettableClock({ now: () => new Date(machine) });
  const passes = (ms: number) => {
    machine += ms;
  };
  return { clock, passes, shows: () => clock.now().toISOString() };
}

test("the clock of a service is the machine's until it is set, and is again after a reset", () => {
  const { clock, passes, shows } = clockOnMachine('2026-05-01T00:00:00Z');
  assert.equal(shows(), '2026-05-01T00:00:00.000Z');
  clock.standAt(new Date('2030-01-01T00:00:00Z'));
  clock.reset();
  passes(1_000);
  assert.equal(shows(), '2026-05-01T00:00:01.000Z');
  clock.moveOn(dayMs);
  clock.reset();
  assert.equal(shows(), '2026-05-01T00:00:01.000Z');
});

test('a clock that stands shows its moment however much time passes, and stands after it was moved', () => {
  const { clock, passes, shows } = clockOnMachine('2026-05-01T00:00:00Z');
  clock.standAt(new Date('2024-02-28T12:00:00Z'));
  passes(dayMs);
  assert.equal(shows(), '2024-02-28T12:00:00.000Z');
  clock.moveOn(2 * dayMs);
  passes(dayMs);
  assert.equal(shows(), '2024-03-01T12:00:00.000Z');
});

test('a clock that runs goes on from where it was set or moved to', () => {
  const { clock, passes, shows } = clockOnMachine('2026-05-01T00:00:00Z');
  clock.runFrom(new Date('2024-02-28T12:00:00Z'));
  passes(dayMs);
  assert.equal(shows(), '2024-02-29T12:00:00.000Z');
  clock.moveOn(dayMs);
  passes(1);
  assert.equal(shows(), '2024-03-01T12:00:00.001Z');
  clock.standAt(new Date('2025-01-01T00:00:00Z'));
  clock.runFrom(new Date('2026-01-01T00:00:00Z'));
  passes(5);
  assert.equal(shows(), '2026-01-01T00:00:00.005Z');
});

test('what it gives can be changed without changing it, and it can be handed on by itself', () => {
  const { clock, shows } = clockOnMachine('2026-05-01T00:00:00Z');
  clock.standAt(new Date('2024-01-01T00:00:00Z'));
  const { now } = clock;
  now().setFullYear(1999);
  assert.equal(shows(), '2024-01-01T00:00:00.000Z');
});
