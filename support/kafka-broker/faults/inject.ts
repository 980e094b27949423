import { errorCodeOf } from '../error-code';
import type { RegisteredApi } from '../handlers/registered-api';
import type { RequestContext } from '../handlers/request-context';
import { refuse } from '../wire/error-answer';
import type { Item, Values } from '../wire/item-identity';
import type { FaultEffect, FaultRule } from './fault-rule';
import type { Injected } from './faults';
import { pause } from './pause';
import { repeated } from './repeat';
import type { Reply } from './reply';

/** A request that a fault has hit. */
export interface Hit {
  readonly api: RegisteredApi;
  readonly request: unknown;
  readonly context: RequestContext;
  readonly rule: FaultRule;
  readonly random: () => number;
}

type Carry<E> = (effect: E, hit: Hit) => Promise<Reply>;
type EffectOf<K> = Extract<FaultEffect, { readonly [key in K & string]: unknown }>;

/** What each effect does. */
const effects: {
  readonly [K in FaultEffect extends infer E ? (E extends E ? keyof E : never) : never]: Carry<EffectOf<K>>;
} = {
  error: ({ error }, hit) => withError(errorCodeOf(error) ?? -1, hit),
  async delayMs({ delayMs }, hit) {
    const [least, most] = typeof delayMs === 'number' ? [delayMs, delayMs] : delayMs;
    await pause(least + hit.random() * (most - least), hit.context);
    return { response: await work(hit) };
  },
  async drop({ drop }, hit) {
    if (drop === 'after') await work(hit);
    return { response: null, ends: true };
  },
  async loseAnswer(_effect, hit) {
    await work(hit);
    return { response: null };
  },
  async hang(_effect, { context: { disconnected } }) {
    await new Promise<void>((resolve) => disconnected.subscribe(resolve));
    return { response: null, ends: true };
  },
  repeat: async ({ repeat }, hit) => ({ response: await repeated(repeat, hit) }),
  async throttleMs({ throttleMs }, hit) {
    const response = await work(hit);
    return {
      response: response === null ? null : { ...(response as Values), throttleTimeMs: throttleMs },
      muteMs: throttleMs,
    };
  },
  truncateTo: async ({ truncateTo }, hit) => ({ response: await work(hit), truncateTo, ends: true }),
};

/** Serves a request as a fault wants it. */
export function inject({ rule, effect }: Injected, hit: Omit<Hit, 'rule'>): Promise<Reply> {
  const [name] = Object.keys(effect) as Array<keyof typeof effects>;
  if (name === undefined) return Promise.resolve({ response: null });
  // The table pairs each effect with what takes it.
  const carry = effects[name] as Carry<FaultEffect>;
  return carry(effect, { ...hit, rule });
}

async function work({ api, request, context }: Hit): Promise<unknown> {
  return await api.handle(request, context);
}

async function withError(errorCode: number, hit: Hit): Promise<Reply> {
  const { api, context, rule, request } = hit;
  // Nobody reads an answer to a produce request with acks 0: a real broker ends the connection.
  if ((request as Values).acks === 0) return { response: null, ends: true };
  const { version } = context;
  const concerns = (item: Item) => isConcerned(item, rule, request as Values);
  const { rest, answer } = refuse({ layout: api.layout, version, errorCode, concerns }, request);
  if (rest === null) return { response: answer(null) };
  return { response: answer(await work({ ...hit, request: atOnce(rest as Values) })) };
}

/** An error is told at once: what is left of a fetch does not wait. */
function atOnce(request: Values): Values {
  return 'maxWaitMs' in request ? { ...request, maxWaitMs: 0 } : request;
}

function isConcerned(
  { name, partition }: Item,
  { topic, partition: wanted, group }: FaultRule,
  request: Values,
) {
  if (topic !== undefined) {
    return name === topic && (wanted === undefined || partition === undefined || partition === wanted);
  }
  // Where the items are groups; else the group is that of the whole request.
  return group === undefined || typeof request.groupId === 'string' || name === group;
}
