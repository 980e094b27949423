import type { ServiceUnderTest } from '../support/environment/services/service-under-test';
import { BrineError } from '../support/errors';
import { readInstant } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';

/** The clock shows a moment and stands still, or runs from it. */
export function setClock(
  world: AcceptanceWorld,
  name: string | undefined,
  how: 'stands at' | 'runs from',
  moment: string,
): void {
  const service = serviceWithClock(world, name);
  const date = momentOf(moment);
  if (how === 'stands at') clockOf(service, world).standAt(date);
  else clockOf(service, world).runFrom(date);
  note(world, service, `${how} ${date.toISOString()}`);
}

/** The clock shows a later moment, and stands or runs as before. */
export function moveClock(world: AcceptanceWorld, name: string | undefined, ms: number): void {
  const service = serviceWithClock(world, name);
  const clock = clockOf(service, world);
  if (Number.isNaN(new Date(clock.now().getTime() + ms).getTime()))
    throw new BrineError('BRINE_STEP_002', {
      place: `the clock of service "${service.name}"`,
      reason: `it cannot be moved on from ${clock.now().toISOString()} by so much, for there is no such date`,
      advice: 'a date ends in the year 275760',
    });
  clock.moveOn(ms);
  note(world, service, `moves on to ${clock.now().toISOString()}`);
}

function note({ evidence }: AcceptanceWorld, { name }: ServiceUnderTest, what: string): void {
  evidence.add('clock', `that of ${name} ${what}`);
}

/** Without a name it is the first one declared whose clock can be set. */
function serviceWithClock(world: AcceptanceWorld, name: string | undefined): ServiceUnderTest {
  if (name !== undefined) return world.service(name);
  const { services } = world.configuration;
  const first = Object.keys(services).find((known) => services[known]?.module !== undefined);
  return world.service(first);
}

function clockOf({ name, clock }: ServiceUnderTest, { configuration }: AcceptanceWorld) {
  if (clock !== undefined) return clock;
  const service = configuration.services[name];
  const key = (['url', 'image', 'compose', 'command'] as const).find((one) => service?.[one] !== undefined);
  throw new BrineError('BRINE_STEP_002', {
    place: `the clock of service "${name}"`,
    reason: `it is not for Brine to set, for the service is a process of its own (services.${name}.${key})`,
    advice: `let it run in Brine's process (services.${name}.module, docs/in-process-services.md), or take its time from what a step can set: a header, an endpoint, the dates of its data`,
  });
}

function momentOf(text: string): Date {
  const instant = readInstant(text);
  if (instant !== undefined) return new Date(Number(instant / 1_000_000n));
  throw new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: `"${text}" is no moment`,
    advice: 'write it as 2026-01-31T10:00:00Z (UTC where no zone is given), 2026-01-31, or ${now + 2 days}',
  });
}
