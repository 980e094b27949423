import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Clock, consistently, eventually, WaitError } from '../../support/time';

/** A clock whose pauses pass at once; what waits on it is told how long they were. */
class ManualClock implements Clock {
  readonly pauses: number[] = [];
  private time = 0;

  monotonic(): number {
    return this.time;
  }

  now(): Date {
    return new Date(this.time);
  }

  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    this.pauses.push(ms);
    if (!signal?.aborted) this.time += ms;
  }

  pass(ms: number): void {
    this.time += ms;
  }
}

function failing(times: number): () => Promise<string> {
  let count = 0;
  return async () => {
    if (count++ < times) throw new Error(`failure ${count}`);
    return 'done';
  };
}

describe('eventually', () => {
  test('gives the first value that comes without an error', async () => {
    const clock = new ManualClock();
    const waited = await eventually(failing(3), { withinMs: 1_000, clock });
    assert.equal(waited.value, 'done');
    assert.equal(waited.attempts, 4);
    assert.equal(waited.nearDeadline, false);
  });

  test('attempts once even with no time at all', async () => {
    const clock = new ManualClock();
    const once = async () => clock.pass(1);
    const { attempts, nearDeadline } = await eventually(once, { withinMs: 0, clock });
    assert.deepEqual({ attempts, nearDeadline }, { attempts: 1, nearDeadline: false });
  });

  test('attempts a last time at the deadline, and throws the last failure with the number of attempts', async () => {
    const clock = new ManualClock();
    const error = await eventually(failing(10_000), { withinMs: 100, clock }).catch(
      (caught: unknown) => caught,
    );
    assert.ok(error instanceof WaitError);
    assert.equal(error.elapsedMs, 100);
    assert.equal((error.cause as Error).message, `failure ${error.attempts}`);
    assert.equal(error.message, `not within 100 ms (${error.attempts} attempts in 100 ms)`);
  });

  test('begins with pauses of milliseconds and never pauses long', async () => {
    const clock = new ManualClock();
    await eventually(failing(1_000), { withinMs: 60_000, clock });
    assert.equal(clock.pauses[0], 2);
    assert.ok(Math.max(...clock.pauses.slice(0, 100)) <= 10);
    assert.ok(Math.max(...clock.pauses) <= 40);
  });

  test('notes that a wait ended near its deadline', async () => {
    const clock = new ManualClock();
    const late = async () => {
      if (clock.monotonic() < 90) throw new Error('too early');
    };
    assert.equal((await eventually(late, { withinMs: 100, clock })).nearDeadline, true);
  });

  test('is woken by a change instead of waiting for its pause to end', async () => {
    let wake: () => void = () => {};
    let there = false;
    const attempt = async () => {
      if (!there) throw new Error('not yet');
      return 'there';
    };
    const clock: Clock = {
      ...new ManualClock(),
      monotonic: () => 0,
      now: () => new Date(0),
      pause: (_ms, signal) =>
        new Promise((resolve) => {
          signal?.addEventListener('abort', () => resolve());
          there = true;
          wake();
        }),
    };
    const onChange = (listener: () => void) => {
      wake = listener;
      return () => {};
    };
    assert.equal((await eventually(attempt, { withinMs: 1_000, clock, onChange })).value, 'there');
  });

  /** What has a state that changes at given times, and can be watched. */
  function changing(clock: ManualClock, ...times: readonly number[]) {
    const state = () => times.filter((at) => at <= clock.monotonic()).length;
    const watch = async () => {
      const before = state();
      return {
        async changed(ms: number) {
          const next = times.find((at) => at > clock.monotonic()) ?? Number.POSITIVE_INFINITY;
          if (state() === before) clock.pass(Math.min(ms, next - clock.monotonic()));
        },
      };
    };
    return { state, watch };
  }

  test('attempts only now and then while nothing changes, and at once when something does', async () => {
    const clock = new ManualClock();
    const { state, watch } = changing(clock, 345, 350);
    const attemptsAt: number[] = [];
    const becomesTrue = async () => {
      attemptsAt.push(Math.round(clock.monotonic()));
      if (state() < 2) throw new Error('not yet');
    };
    const { elapsedMs } = await eventually(becomesTrue, { withinMs: 10_000, clock, watch });
    assert.deepEqual(attemptsAt, [0, 2, 104, 207, 311, 345, 350]);
    assert.equal(Math.round(elapsedMs), 350);
  });

  test('does not miss what changes while it attempts', async () => {
    const clock = new ManualClock();
    let state = 0;
    const watch = async () => {
      const before = state;
      return { changed: async (ms: number) => (state === before ? clock.pass(ms) : undefined) };
    };
    let attempts = 0;
    const attempt = async () => {
      const seen = state;
      if (++attempts === 2) state = 1; // just after it was looked at
      if (seen === 0) throw new Error('not yet');
    };
    const { elapsedMs } = await eventually(attempt, { withinMs: 10_000, clock, watch });
    assert.ok(elapsedMs <= 10, `${elapsedMs}`);
  });

  test('attempts as often as without a watch when there is none, or it fails', async () => {
    const watches = [
      async () => undefined,
      async () => {
        throw new Error('no permission');
      },
      async () => ({ changed: () => Promise.reject(new Error('the connection was lost')) }),
    ];
    const plain = await eventually(failing(20), { withinMs: 10_000, clock: new ManualClock() });
    for (const watch of watches) {
      const waited = await eventually(failing(20), { withinMs: 10_000, clock: new ManualClock(), watch });
      assert.equal(waited.elapsedMs, plain.elapsedMs);
    }
  });

  test('does not wait for a watch that hangs', async () => {
    const hangs = () => new Promise<never>(() => {});
    for (const watch of [hangs, async () => ({ changed: hangs })])
      assert.equal((await eventually(failing(2), { withinMs: 10_000, watch })).value, 'done');
  });

  test('is woken by a change of another kind', async () => {
    let wake = () => {};
    const watch = async () => ({ changed: () => new Promise<never>(() => setImmediate(wake)) });
    const onChange = (listener: () => void) => {
      wake = listener;
      return () => {};
    };
    const { elapsedMs } = await eventually(failing(2), { withinMs: 10_000, watch, onChange });
    assert.ok(elapsedMs < 10_000);
  });

  test('attempts a last time at the deadline although nothing has changed', async () => {
    const clock = new ManualClock();
    const options = { withinMs: 50, clock, watch: changing(clock).watch };
    const error = await eventually(failing(100), options).catch((caught: unknown) => caught);
    assert.ok(error instanceof WaitError);
    assert.equal(error.elapsedMs, 50);
    assert.equal(error.attempts, 3); // the first, the one before which the watch began, the last
  });

  test('gives up at once when there is no point in waiting on', async () => {
    const hopeless = new Error('the service has died');
    const clock = new ManualClock();
    await assert.rejects(
      eventually(failing(100), { withinMs: 10_000, clock, giveUp: () => hopeless }),
      hopeless,
    );
    assert.deepEqual(clock.pauses, []);
  });

  test('does not wait for an attempt that hangs', async () => {
    const hangs = () => new Promise<never>(() => {});
    await assert.rejects(eventually(hangs, { withinMs: 20 }), WaitError);
  });

  test('stops listening for changes, pass or fail', async () => {
    let listening = 0;
    const onChange = () => {
      listening++;
      return () => listening--;
    };
    await eventually(failing(1), { withinMs: 100, clock: new ManualClock(), onChange });
    await assert.rejects(eventually(failing(99), { withinMs: 10, clock: new ManualClock(), onChange }));
    assert.equal(listening, 0);
  });
});

describe('consistently', () => {
  test('attempts until the time is over', async () => {
    const waited = await consistently(failing(0), { withinMs: 100, clock: new ManualClock() });
    assert.equal(waited.elapsedMs, 100);
    assert.ok(waited.attempts > 5);
  });

  test('fails at the first failure', async () => {
    const clock = new ManualClock();
    const breaks = async () => {
      if (clock.monotonic() > 20) throw new Error('changed');
    };
    const error = await consistently(breaks, { withinMs: 100, clock }).catch((caught: unknown) => caught);
    assert.ok(error instanceof WaitError);
    assert.ok(error.elapsedMs < 40);
    assert.equal((error.cause as Error).message, 'changed');
  });

  test('takes a slow attempt for no failure, as on a busy machine, but gives up one that hangs', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const clock = new ManualClock();
    const slow = consistently(
      async () => {
        clock.pass(400);
        t.mock.timers.tick(400);
      },
      { withinMs: 50, clock },
    );
    assert.equal((await slow).attempts, 1);
    const hangs = consistently(() => new Promise<never>(() => {}), {
      withinMs: 50,
      clock: new ManualClock(),
    });
    t.mock.timers.tick(2_050);
    const { cause } = (await hangs.catch((caught: unknown) => caught)) as WaitError;
    assert.equal((cause as Error).message, 'this attempt did not end within 2.1 s');
  });
});
