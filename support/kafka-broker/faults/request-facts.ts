import type { RegisteredApi } from '../handlers/registered-api';
import type { Shaped } from '../wire/error-place';
import type { Values } from '../wire/item-identity';
import type { FieldShape } from '../wire/types';

/** What a request is about, as far as a rule can ask. */
export interface RequestFacts {
  readonly groups: readonly unknown[];
  /** Ids of members, and instance ids. */
  readonly members: readonly unknown[];
  readonly transactionalIds: readonly unknown[];
  /** Null: of all topics. */
  readonly topics: ReadonlyArray<TopicFacts> | null;
}

interface TopicFacts {
  readonly name: unknown;
  readonly partitions: readonly unknown[];
}

/** Parts of a match that only some APIs have. */
export type Aspect = 'topic' | 'partition' | 'group' | 'member' | 'transactionalId';

/** What Kafka's definitions call the fields that tell it. */
const fieldsOf: Readonly<Record<Aspect, readonly string[]>> = {
  topic: ['topics', 'topicNames', 'resources'],
  partition: ['partitions', 'partitionIndexes'],
  group: ['groupId', 'groups', 'groupsNames', 'key', 'coordinatorKeys'],
  member: ['memberId', 'members'],
  transactionalId: ['transactionalId', 'transactionalIds', 'key', 'coordinatorKeys'],
};

/** Whether requests of the API tell it, in any version. */
export function tells({ layout }: RegisteredApi, aspect: Aspect): boolean {
  const own = allFields(layout.request);
  const isAmong = ({ name }: FieldShape) => fieldsOf[aspect].includes(name);
  if (aspect !== 'partition') return own.some(isAmong);
  return own
    .filter(({ name }) => fieldsOf.topic.includes(name))
    .some(({ type }) => itemFields(type).some(isAmong));
}

export function factsOf(request: unknown): RequestFacts {
  const values = request as Values;
  const { key, keyType, coordinatorKeys } = values; // of FindCoordinator: 0 is a group, 1 a transactional id
  const keys = [key, ...list(coordinatorKeys)];
  const members = list(values.members) as readonly Values[];
  return {
    groups: [
      values.groupId,
      ...list(values.groups).map(groupOf),
      ...list(values.groupsNames),
      ...(keyType === 0 ? keys : []),
    ],
    members: [values, ...members].flatMap(({ memberId, groupInstanceId }) => [memberId, groupInstanceId]),
    transactionalIds: [
      values.transactionalId,
      ...list(values.transactionalIds),
      ...(keyType === 1 ? keys : []),
    ],
    topics: topicsIn(values),
  };
}

/** DescribeGroups lists ids, OffsetFetch lists more. */
function groupOf(group: unknown): unknown {
  return typeof group === 'string' ? group : (group as Values).groupId;
}

function topicsIn(values: Values): readonly TopicFacts[] | null {
  const groups = list(values.groups).filter((group) => typeof group === 'object') as readonly Values[];
  if (groups.length > 0)
    return groups.every((group) => group.topics === null)
      ? null
      : groups.flatMap((group) => topicsIn({ topics: group.topics }) ?? []);
  const named = fieldsOf.topic.flatMap((name) => (name in values ? [values[name]] : []));
  // An older version may have another list than a newer one: the one that it has not got is empty.
  const topics = named.find((each) => list(each).length > 0) ?? (named.includes(null) ? null : []);
  if (topics === null) return null;
  return list(topics).map((topic) => {
    if (typeof topic === 'string') return { name: topic, partitions: [] };
    const { name, topic: alias, resourceName, partitions, partitionIndexes } = topic as Values;
    return {
      name: name ?? alias ?? resourceName,
      partitions: [...list(partitions), ...list(partitionIndexes)].map(indexOf),
    };
  });
}

function indexOf(partition: unknown): unknown {
  if (typeof partition === 'number') return partition;
  const { partitionIndex, partition: alias, index } = partition as Values;
  return partitionIndex ?? alias ?? index;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function allFields({ shape }: Shaped): readonly FieldShape[] {
  return shape.kind === 'struct' ? shape.fields : [];
}

function itemFields({ shape }: Shaped): readonly FieldShape[] {
  return shape.kind === 'array' ? allFields(shape.element) : [];
}
