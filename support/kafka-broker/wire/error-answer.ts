import { noUuid } from '../uuid';
import {
  type AnswerLayout,
  errorPlace,
  hasErrorCode,
  type ItemsPlace,
  itemsPlace,
  presentFields,
  type Shaped,
  saysMoreThan,
} from './error-place';
import { type Item, identified, identityOf, type Values } from './item-identity';
import type { Shape } from './types';

export interface Refusal {
  readonly layout: AnswerLayout;
  readonly version: number;
  readonly errorCode: number;
  /** Which items get the error. */
  readonly concerns: (item: Item) => boolean;
}

/** What is left of a request when some of its items are refused, and how the answer to that becomes the whole. */
export interface PartlyRefused {
  /** Null: nothing is left to be done. */
  readonly rest: unknown;
  /** @param response to the rest; null when there is none */
  readonly answer: (response: unknown) => unknown;
}

/**
 * The answer to a request that is refused, made from the layouts alone: the error stands where that version of that
 * API has it, and is repeated for each item where it belongs to items.
 */
export function errorAnswer(
  layout: AnswerLayout,
  version: number,
  errorCode: number,
  request: unknown,
): unknown {
  return refuse({ layout, version, errorCode, concerns: () => true }, request).answer(null);
}

/** The same, where the error stands at the top of the answer and with each item, too. */
export function errorEverywhere(
  layout: AnswerLayout,
  version: number,
  errorCode: number,
  request: unknown,
): unknown {
  const place = itemsPlace(layout.request, layout.response, version);
  const top = withError(layout.response, version, errorCode);
  const wanted = place && (request as Values)[place.requestField];
  if (!place || !Array.isArray(wanted)) return top;
  const { refused } = split(wanted, place, { layout, version, errorCode, concerns: () => true });
  return { ...top, [place.responseField]: refused };
}

/** Refuses a request, or those of its items that are concerned. */
export function refuse(refusal: Refusal, request: unknown): PartlyRefused {
  const { layout, version, errorCode } = refusal;
  const place = errorPlace(layout, version, errorCode);
  if (place.kind === 'whole') {
    return { rest: null, answer: () => withError(layout.response, version, errorCode) };
  }
  const { items } = place;
  const wanted = (request as Values)[items.requestField] as readonly unknown[] | null;
  // Null means all: which they are is seen in the answer.
  if (wanted === null) return { rest: request, answer: (response) => marked(response, items, refusal) };
  const { refused, rest } = split(wanted, items, refusal);
  const isNothingLeft = rest.length === 0 && !saysMoreThan(items, layout, version);
  return {
    rest: isNothingLeft ? null : { ...(request as Values), [items.requestField]: rest },
    answer(response) {
      const base = (response ?? withError(layout.response, version, 0)) as Values;
      // An empty list may mean all to the handler: what it says of them then was not asked for.
      const others = rest.length === 0 ? [] : itemsIn(base, items);
      return { ...base, [items.responseField]: merged(others, refused, items, version) };
    },
  };
}

interface Split {
  readonly refused: Values[];
  readonly rest: unknown[];
}

/** Divides the items of a request: answers for those refused, and what is left to be done. */
function split(wanted: readonly unknown[], place: ItemsPlace, refusal: Refusal, topic?: string): Split {
  const { version, errorCode, concerns } = refusal;
  const { requestItem, responseItem, inner } = place;
  const refused: Values[] = [];
  const rest: unknown[] = [];
  for (const item of wanted) {
    const about = identityOf(item, requestItem, version, topic);
    const identity = identified(item, about, responseItem, version);
    if (!inner) {
      if (concerns(about)) refused.push({ ...withError(responseItem, version, errorCode), ...identity });
      else rest.push(item);
      continue;
    }
    const { [inner.requestField]: innerItems, ...outer } = item as Values;
    const parts = split(innerItems as readonly unknown[], inner, refusal, about.name);
    if (parts.refused.length > 0) refused.push({ ...identity, [inner.responseField]: parts.refused });
    if (parts.rest.length > 0) rest.push({ ...outer, [inner.requestField]: parts.rest });
  }
  return { refused, rest };
}

/** One entry for each topic: a client need not understand two. */
function merged(
  others: readonly Values[],
  refused: readonly Values[],
  place: ItemsPlace,
  version: number,
): Values[] {
  const { inner, responseItem } = place;
  if (!inner) return [...others, ...refused];
  const nameOf = (item: Values) => identityOf(item, responseItem, version).name;
  const byName = new Map(others.map((item) => [nameOf(item), item]));
  for (const item of refused) {
    const other = byName.get(nameOf(item));
    const parts = [...(other ? itemsIn(other, inner) : []), ...itemsIn(item, inner)];
    byName.set(nameOf(item), { ...item, [inner.responseField]: parts });
  }
  return [...byName.values()];
}

/** The answer, with the error in those of its items that are concerned. */
function marked(response: unknown, place: ItemsPlace, refusal: Refusal, topic?: string): unknown {
  const { version, errorCode, concerns } = refusal;
  const { inner, responseItem } = place;
  const answered = (response ?? {}) as Values;
  const items = itemsIn(answered, place).map((item) => {
    const about = identityOf(item, responseItem, version, topic);
    if (inner) return marked(item, inner, refusal, about.name);
    if (!concerns(about)) return item;
    return {
      ...withError(responseItem, version, errorCode),
      ...identified(item, about, responseItem, version),
    };
  });
  return { ...answered, [place.responseField]: items };
}

function itemsIn(values: Values, { responseField }: ItemsPlace): readonly Values[] {
  return (values[responseField] ?? []) as readonly Values[];
}

/** An answer, or an item of one, that says nothing but the error. */
function withError(type: Shaped, version: number, errorCode: number): Values {
  const fields = presentFields(type, version).map((field) => {
    return [field.name, field.fallback === undefined ? emptyOf(field.type.shape) : field.fallback];
  });
  return { ...Object.fromEntries(fields), ...(hasErrorCode(type, version) && { errorCode }) };
}

function emptyOf(shape: Shape): unknown {
  if ('isNullable' in shape && shape.isNullable && shape.kind !== 'records') return null;
  switch (shape.kind) {
    case 'int64':
      return -1n;
    case 'boolean':
      return false;
    case 'string':
      return '';
    case 'uuid':
      return noUuid;
    case 'bytes':
      return Buffer.alloc(0);
    case 'array':
    case 'records':
      return [];
    case 'struct':
      return {};
    default:
      return -1;
  }
}
