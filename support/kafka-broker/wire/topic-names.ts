import { noUuid } from '../uuid';
import type { Values } from './item-identity';

/** Lists of topics in requests that may name them by id. */
const lists = ['topics', 'forgottenTopicsData'] as const;
/** No topic can be called so. */
const unknownMark = '?';

/**
 * Puts names beside the ids of a request that names topics by id (KIP-516): all else goes by names. An id that no topic has
 * gives a name that no topic can have.
 * @param nameOf gives the name of the topic with this id
 */
export function withTopicNames(request: unknown, nameOf: (id: string) => string | undefined): unknown {
  const values = request as Values;
  const named = lists.flatMap((list) => {
    const items = values[list];
    if (!Array.isArray(items) || !items.some(hasId)) return [];
    return [[list, items.map((item) => (hasId(item) ? withName(item, nameOf) : item))]];
  });
  return named.length === 0 ? request : { ...values, ...Object.fromEntries(named) };
}

/** What handlers may ask of an item: with a name that the request had, or with one that was put beside the id. */
export interface MaybeNamedById {
  readonly isNamedById?: boolean;
}

/** Whether this stands for an id that no topic has. */
export function isUnknownId(name: string): boolean {
  return name.startsWith(unknownMark);
}

function hasId(item: unknown): item is Values & { readonly topicId: string } {
  const id = (item as Values | null)?.topicId;
  return typeof id === 'string' && id !== noUuid;
}

function withName(
  item: Values & { readonly topicId: string },
  nameOf: (id: string) => string | undefined,
): Values {
  const field = 'topic' in item ? 'topic' : 'name';
  if (item[field]) return item;
  const name = nameOf(item.topicId) ?? `${unknownMark}${item.topicId}`;
  return { ...item, [field]: name, isNamedById: true };
}
