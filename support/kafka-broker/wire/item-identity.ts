import { presentFields, type Shaped } from './error-place';

/** What an item of a request or answer is about: a topic, group or resource, and a partition of it. */
export interface Item {
  readonly name: string | undefined;
  readonly partition: number | undefined;
}

export type Values = Readonly<Record<string, unknown>>;

/** What Kafka's definitions call the identity of an item: request and answer often differ. */
const nameFields = ['name', 'topic', 'groupId', 'resourceName', 'memberId', 'key', 'transactionalId', 'user'];
const partitionFields = ['partitionIndex', 'partition', 'index', 'partitionId'];

/** @param topic the name of the item around it, for a partition */
export function identityOf(item: unknown, type: Shaped, version: number, topic?: string): Item {
  if (typeof item === 'string') return { name: item, partition: undefined };
  if (typeof item === 'number') return { name: topic, partition: item };
  const values = item as Values;
  const named = topic ?? values[fieldOf(type, version, nameFields) ?? olderFieldOf(type, nameFields) ?? ''];
  const numbered = values[fieldOf(type, version, partitionFields) ?? ''];
  return {
    name: typeof named === 'string' ? named : undefined,
    partition: typeof numbered === 'number' ? numbered : undefined,
  };
}

/** The fields that tell what an item is about, as this type calls them. */
export function identified(item: unknown, { name, partition }: Item, type: Shaped, version: number): Values {
  const nameField = fieldOf(type, version, nameFields) ?? olderFieldOf(type, nameFields);
  const partitionField = fieldOf(type, version, partitionFields);
  const asTold = presentFields(type, version).filter((field) =>
    ['resourceType', 'topicId'].includes(field.name),
  );
  return {
    ...(nameField !== undefined && name !== undefined && { [nameField]: name }),
    ...(partitionField !== undefined && partition !== undefined && { [partitionField]: partition }),
    ...Object.fromEntries(asTold.map((field) => [field.name, (item as Values)[field.name]])),
  };
}

function fieldOf(type: Shaped, version: number, names: readonly string[]): string | undefined {
  return presentFields(type, version).find(({ name }) => names.includes(name))?.name;
}

/** Where a version names topics by id, the name stands beside it in the field of older versions (see topic-names.ts). */
function olderFieldOf({ shape }: Shaped, names: readonly string[]): string | undefined {
  return shape.kind === 'struct' ? shape.fields.find(({ name }) => names.includes(name))?.name : undefined;
}
