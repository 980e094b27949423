import { BrineError } from '../support/errors';
import { eventually, WaitError } from '../support/time';
import type { AcceptanceWorld } from './acceptance-world';
import { counted } from './expectations';
import { assertCallsExpected, callsOf, listed } from './stub-calls';

/**
 * Waits, at most as long as for the services to settle, for the calls that the scenario's own steps describe.
 * @throws BrineError BRINE_STUB_002 naming the steps of the first outside service that nobody called as they say, or BRINE_STUB_001
 *   for a call that no step describes; or that a service has died
 */
export async function assertStubsUsed(world: AcceptanceWorld): Promise<void> {
  const { lane, configuration } = world;
  if (lane.stubs.size === 0) return;
  const look = async () => {
    assertCallsExpected(world);
    const [unused] = unusedStubs(world);
    if (unused !== undefined) throw unused;
  };
  const onChange = (wake: () => void) => {
    const stops = [...lane.stubs.values()].map((stub) => stub.onCall(wake));
    return () => stops.forEach((stop) => void stop());
  };
  try {
    await eventually(look, {
      withinMs: configuration.settleTimeout,
      onChange,
      giveUp: (failure) => (isOf(failure, 'BRINE_STUB_001') ? failure : lane.death()),
    });
  } catch (error) {
    throw error instanceof WaitError ? error.cause : error;
  }
}

/** For each outside service that nobody called as the scenario's own steps say: which steps these are. */
export function unusedStubs(world: AcceptanceWorld): BrineError[] {
  return [...world.lane.stubs.values()]
    .filter(({ uncalled }) => uncalled.length > 0)
    .map(({ name, uncalled }) => {
      const steps = uncalled.map(({ place, text }) => `  ${place}: ${text}`).join('\n');
      const calls = callsOf(world, name);
      const count = calls.length === 0 ? 'no calls' : `${counted(calls.length, 'call')}${listed(calls)}`;
      return new BrineError('BRINE_STUB_002', { stub: name, steps, calls: count });
    });
}

function isOf(failure: unknown, code: string): failure is BrineError {
  return failure instanceof BrineError && failure.code === code;
}
