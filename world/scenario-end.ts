import { Status } from '@cucumber/cucumber';
import { BrineError, messageOf } from '../support/errors';
import type { AcceptanceWorld } from './acceptance-world';
import { letGoNotes } from './event-look';
import { assertCallsExpected } from './stub-calls';
import { assertStubsUsed, unusedStubs } from './unused-stubs';

/** What the report should say of a scenario that has ended, whether a step asked for it or not. */
export function endNotes(world: AcceptanceWorld, status: string | undefined): readonly string[] {
  return [...letGoNotes(world.lane), ...seedNotes(world, status), ...stubNotes(world, status)];
}

/** What is no fault, as the configuration says. */
function stubNotes(world: AcceptanceWorld, status: string | undefined): string[] {
  if (status !== Status.PASSED || world.configuration.unusedStubs !== 'report') return [];
  return unusedStubs(world).map(({ message }) => message);
}

/** What chance has made can be made again. */
function seedNotes({ fakeData, configuration }: AcceptanceWorld, status: string | undefined): string[] {
  if (status !== Status.FAILED || !fakeData.wasUsed) return [];
  const { seed = 0 } = configuration;
  return [`its data were made with the seed ${seed}: BRINE_SEED=${seed} makes them again`];
}

/** What fails a scenario whose steps have all passed, the gravest first. */
export async function unnoticedFaults(world: AcceptanceWorld): Promise<readonly Error[]> {
  return [await stubFault(world), failedTransaction(world)].filter((fault) => fault !== undefined);
}

/** A call that nobody described though others were is a surprise, even where the service coped with it; so is one that never came. */
async function stubFault(world: AcceptanceWorld): Promise<Error | undefined> {
  try {
    if (world.configuration.unusedStubs === 'fail') await assertStubsUsed(world);
    else assertCallsExpected(world);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A transaction that failed though nobody expected it to. */
function failedTransaction({ remembered }: AcceptanceWorld): BrineError | undefined {
  const unseen = remembered.transactions.find(({ error, seen }) => error !== null && !seen);
  if (unseen === undefined) return undefined;
  const parameters = { reason: messageOf(unseen.error), sql: unseen.sql.trim().replaceAll('\n', '\n  ') };
  return new BrineError('BRINE_STEP_003', parameters, { cause: unseen.error });
}
