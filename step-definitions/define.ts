import { basename, dirname, relative } from 'node:path';
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber';
import { type BackingServiceName, backingServiceNames } from '../support/config/backing-services';
import { BrineError } from '../support/errors';
import {
  bounded,
  consistently,
  eventually,
  formatDuration,
  WaitError,
  type Waited,
  type WaitOptions,
} from '../support/time';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { definedAt, type Place, placeOfCaller } from '../world/definition-place';
import { fail, finalFailure, finalMessage } from '../world/expectations';
import { noteMediaType } from '../world/failure-evidence';
import { assertDefinition } from './assert-definition';
import { Catalogue, type StepBody, type StepDocumentation, type StepKind } from './catalogue';
import { buildPatternsLate, parseLate } from './late-patterns';
import { passOverOtherBeginnings } from './literal-beginning';
import { ParameterTypes } from './parameter-types';
import { type Variant, variantsOf, withGaps } from './phrase';

buildPatternsLate(process.env.CUCUMBER_PARALLEL === 'true');
passOverOtherBeginnings(); // around it: what is passed over is not built

/** The vocabulary as it was defined in this process. */
export const catalogue = new Catalogue();

/** The types that phrases may use, as they were defined in this process. */
export const parameterTypes = new ParameterTypes();

/**
 * A type for phrases, as the runner's `defineParameterType` makes it. Brine reads no phrases with types that
 * were defined without this, and takes it that their steps use every backing service.
 */
export function parameterType(definition: Parameters<typeof defineParameterType>[0]): void {
  definedAt(placeOfCaller(__filename), () => defineParameterType(definition));
  parameterTypes.add(definition);
}

/** The three kinds of steps, for a library whose steps use these backing services (`[]`: none). */
export function stepsUsing(...uses: readonly BackingServiceName[]) {
  const kindOf =
    (kind: typeof setup) =>
    (phrase: string, documentation: StepDocumentation, body: StepBody): void =>
      kind(phrase, { uses, ...documentation }, body);
  return { setup: kindOf(setup), action: kindOf(action), assertion: kindOf(assertion) };
}

/**
 * A step that sets something up. In the phrase, `[...]` encloses what may be left out.
 * @throws BrineError BRINE_STEP_005 when it cannot be defined so, as all three kinds do
 */
export function setup(phrase: string, documentation: StepDocumentation, body: StepBody): void {
  define('setup', phrase, documentation, body, Given);
}

/** A step that does something: the tester's own action. */
export function action(phrase: string, documentation: StepDocumentation, body: StepBody): void {
  define('action', phrase, documentation, body, When);
}

/**
 * A step that asserts something: its body throws when that is not so. The guards come with it:
 * `within {duration} ...` tries until it is so, `for {duration} ...` demands that it stays so.
 */
export function assertion(phrase: string, documentation: StepDocumentation, body: StepBody): void {
  define('assertion', phrase, documentation, body, Then);
}

function registrationsOf(
  kind: StepKind,
  phrase: string,
  body: StepBody,
  documentation: StepDocumentation,
): Registration[] {
  if (kind !== 'assertion') return [unguarded(phrase, body)];
  return [
    unguarded(phrase, telling(body)),
    guarded('within', phrase, body, documentation),
    guarded('for', phrase, body, documentation),
  ];
}

interface Registration {
  readonly phrase: string;
  readonly body: StepBody;
  /** Milliseconds; -1 when the step bounds itself. */
  readonly timeout?: number;
}

type Register = typeof Given;

function unguarded(phrase: string, body: StepBody): Registration {
  return { phrase, body };
}

function guarded(
  guard: 'within' | 'for',
  phrase: string,
  body: StepBody,
  { prepare = () => {}, again = () => {}, uses = backingServiceNames }: StepDocumentation,
): Registration {
  const wait = guard === 'within' ? eventually : consistently;
  return {
    phrase: `${guard} {duration} ${phrase}`,
    timeout: -1,
    async body(this: AcceptanceWorld, ms: number, ...values: unknown[]) {
      await preparing(this, async () => prepare.apply(this, values));
      const settings = this.requests.takeNext();
      let isFirst = true;
      const attempt = async () => {
        this.requests.putNext(settings);
        if (!isFirst) await again.apply(this, values);
        isFirst = false;
        return body.apply(this, values);
      };
      try {
        await waiting(this, ms, (options) => wait(attempt, options), uses);
      } finally {
        this.requests.takeNext();
      }
    },
  };
}

async function preparing({ lane }: AcceptanceWorld, prepare: () => Promise<unknown>): Promise<void> {
  const { timeout } = lane.configuration;
  const late = () => new Error(`preparing this step took longer than ${formatDuration(timeout)}`);
  await bounded(prepare(), timeout, late);
}

/** A failure is final when nobody waits for the assertion to become true. */
function telling(body: StepBody): StepBody {
  return async function (this: AcceptanceWorld, ...values: unknown[]) {
    try {
      return await body.apply(this, values);
    } catch (error) {
      throw await finalFailure(error);
    }
  };
}

type Wait = (options: WaitOptions) => Promise<Waited<unknown>>;

/** Waits with the one mechanism; a service that died ends the wait at once. */
async function waiting(
  world: AcceptanceWorld,
  ms: number,
  wait: Wait,
  uses: readonly BackingServiceName[],
): Promise<void> {
  const { recorder } = world.lane;
  const looksAtDatabasesOnly = uses.length === 1 && uses[0] === 'postgres';
  try {
    const waited = await wait({
      withinMs: ms,
      ...(recorder === undefined ? {} : { onChange: (wake: () => void) => recorder.onEvent(wake) }),
      ...(looksAtDatabasesOnly ? { watch: () => world.lane.watchDatabases() } : {}),
      giveUp: (failure) => world.lane.death() ?? hopeless(failure),
    });
    if (waited.nearDeadline) {
      world.attach(`near its deadline: ${Math.round(waited.elapsedMs)} of ${ms} ms`, noteMediaType);
    }
  } catch (error) {
    if (!(error instanceof WaitError)) throw error;
    fail(`${await finalMessage(error.cause)}\n  ${error.message}`);
  }
}

/** A step that is wrong in itself stays wrong, however often it is tried; a topic, group or subject may be made later. */
function hopeless(failure: unknown): BrineError | undefined {
  if (
    !(failure instanceof BrineError) ||
    /^(topic|consumer group|subject)/.test(String(failure.parameters.kind))
  )
    return undefined;
  return /^BRINE_(STEP|MATCH|JSON|VARIABLE|CONFIG|SCHEMA_001)/.test(failure.code) ? failure : undefined;
}

function define(
  kind: StepKind,
  phrase: string,
  documentation: StepDocumentation,
  body: StepBody,
  register: Register,
): void {
  const place = placeOfCaller(__filename);
  assertDefinition({ phrase, documentation, body }, () => describe(place));
  const file = place?.file ?? '';
  const isBrines = dirname(file) === __dirname;
  const expressions = registrationsOf(kind, phrase, body, documentation).flatMap(
    ({ phrase: whole, body: guardedBody, timeout }) =>
      variantsOf(whole).map((variant) => {
        const options = timeout === undefined ? {} : { timeout };
        if (isBrines) parseLate(variant.expression);
        definedAt(place, () => register(variant.expression, options, bodyOf(variant, guardedBody)));
        return variant.expression;
      }),
  );
  catalogue.add({
    uses: backingServiceNames,
    ...documentation,
    kind,
    phrase,
    expressions,
    file: basename(file),
  });
}

/** The runner checks how many parameters a body has, so a variant's says as many as it will be given. */
function bodyOf({ expression, present }: Variant, body: StepBody): StepBody {
  const types = [...expression.matchAll(/\{([^}]*)\}/g)].map(([, type = '']) => type);
  const block = expression.endsWith(':') ? 1 : 0; // a table or doc string
  const variantBody = function (this: AcceptanceWorld, ...values: unknown[]) {
    const filled = values.map((value, index) => withVariables(this, value, types[index]));
    return body.apply(this, withGaps(filled, present));
  };
  return Object.defineProperty(variantBody, 'length', { value: types.length + block });
}

/**
 * The one place where `${...}` in a step's line is filled: in every text, whatever it names. A literal is a value with a
 * language of its own (its markers, the types of its variables), as are tables and doc strings: these the step reads.
 */
function withVariables(world: AcceptanceWorld, value: unknown, type: string | undefined): unknown {
  if (typeof value !== 'string' || type === undefined || type === 'literal') return value;
  return world.variables.text(value, 'this step');
}

/** Where the step library is, that is being loaded, from the project's folder on. */
function describe(place: Place | undefined): string {
  return place === undefined ? 'a step file' : `${relative(process.cwd(), place.file)}:${place.line}`;
}
