import type { FieldShape, WireType } from './types';

/** A type, as far as its fields are concerned. */
export type Shaped = Pick<WireType<unknown, unknown>, 'shape'>;

/** An API as far as errors are concerned. */
export interface AnswerLayout {
  readonly request: Shaped;
  readonly response: Shaped;
}

/** The list of an answer whose items carry errors, and the list of the request that it answers, level by level. */
export interface ItemsPlace {
  readonly requestField: string;
  readonly responseField: string;
  readonly requestItem: Shaped;
  readonly responseItem: Shaped;
  /** Where the items themselves have no error: the list inside of each that has. */
  readonly inner: ItemsPlace | undefined;
}

/** Errors of a whole request, where an answer has errors of its items too (group, coordinator, session, cluster). */
const ofWholeRequest: ReadonlySet<number> = new Set([14, 15, 16, 22, 24, 30, 31, 35, 42, 53, 70, 71, 89]);

export function presentFields(type: Shaped, version: number): FieldShape[] {
  if (type.shape.kind !== 'struct') return [];
  return type.shape.fields.filter(({ since, until }) => version >= since && version <= until);
}

/** Where this error belongs in an answer: in the answer itself, or in the items of a list of it. */
export function errorPlace(
  layout: AnswerLayout,
  version: number,
  errorCode: number,
): { readonly kind: 'whole' } | { readonly kind: 'items'; readonly items: ItemsPlace } {
  const items = itemsPlace(layout.request, layout.response, version);
  const hasOwn = hasErrorCode(layout.response, version);
  if (!items || (hasOwn && ofWholeRequest.has(errorCode))) return { kind: 'whole' };
  return { kind: 'items', items };
}

/** Pairs the list of the answer that carries errors with the first list of the request, as all definitions have it. */
export function itemsPlace(request: Shaped, response: Shaped, version: number): ItemsPlace | undefined {
  const wanted = presentFields(request, version).find(({ type }) => type.shape.kind === 'array');
  const answered = presentFields(response, version).find(({ type }) => carriesErrors(type, version));
  if (wanted?.type.shape.kind !== 'array' || answered?.type.shape.kind !== 'array') return undefined;
  const { element: requestItem } = wanted.type.shape;
  const { element: responseItem } = answered.type.shape;
  const inner = hasErrorCode(responseItem, version)
    ? undefined
    : itemsPlace(requestItem, responseItem, version);
  return { requestField: wanted.name, responseField: answered.name, requestItem, responseItem, inner };
}

/** Whether the answer has, beside these items, a list that is of use without them (the brokers, in Metadata). */
export function saysMoreThan(items: ItemsPlace, layout: AnswerLayout, version: number): boolean {
  return presentFields(layout.response, version).some(
    ({ name, type }) => type.shape.kind === 'array' && name !== items.responseField,
  );
}

export function hasErrorCode(type: Shaped, version: number): boolean {
  return presentFields(type, version).some(({ name }) => name === 'errorCode');
}

/** A list of items which carry errors, or have a list that does. */
function carriesErrors(type: Shaped, version: number): boolean {
  if (type.shape.kind !== 'array') return false;
  const { element } = type.shape;
  if (hasErrorCode(element, version)) return true;
  return presentFields(element, version).some(({ type: inner }) => carriesErrors(inner, version));
}
