import { ErrorCode } from '../error-code';
import { noUuid } from '../uuid';
import { deleteTopicsApi } from '../wire/messages/delete-topics';
import { isUnknownId, type MaybeNamedById } from '../wire/topic-names';
import { implement } from './registered-api';
import type { RequestContext } from './request-context';

interface Wanted extends MaybeNamedById {
  readonly name: string | null;
  readonly topicId: string;
}

/**
 * DeleteTopics (20), versions 0-6: since version 6 by name or by id (KIP-516). Committed offsets of the topic go with it.
 */
export const deleteTopics = implement(deleteTopicsApi, ({ topics, topicNames }, context) => {
  const wanted: readonly Wanted[] = [...topics, ...topicNames.map((name) => ({ name, topicId: noUuid }))];
  const distinct = new Map(wanted.map((topic) => [keyOf(topic), topic]));
  return {
    responses: [...distinct].map(([key, topic]) => {
      const isTwice = wanted.filter((other) => keyOf(other) === key).length > 1;
      return isTwice ? duplicate(topic) : remove(topic, context);
    }),
  };
});

function keyOf({ name, topicId, isNamedById }: Wanted): string {
  return isNamedById ? topicId : `name ${name}`;
}

function duplicate({ name, topicId, isNamedById = false }: Wanted) {
  if (isNamedById) return refused(null, topicId, 'Duplicate topic id.');
  return refused(name, topicId, name === null ? unnamed : 'Duplicate topic name.');
}

function remove({ name, topicId, isNamedById = false }: Wanted, { access, broker }: RequestContext) {
  if (name === null) return refused(name, topicId, unnamed);
  if (topicId !== noUuid && !isNamedById) return refused(name, topicId, namedTwice);
  if (isUnknownId(name)) return { name: null, topicId, errorCode: ErrorCode.unknownTopicId };
  if (!access.may('delete', 'topic', name)) {
    const shown = isNamedById && !access.may('describe', 'topic', name) ? null : name;
    return { name: shown, topicId, errorCode: ErrorCode.topicAuthorizationFailed };
  }
  const topic = broker.topics.get(name);
  if (!topic) return { name, topicId, errorCode: ErrorCode.unknownTopicOrPartition };
  broker.topics.delete(name);
  broker.groups.forgetTopic(name);
  return { name, topicId: topic.id, errorCode: ErrorCode.none };
}

const unnamed = 'Neither topic name nor id were specified.';
const namedTwice = 'You may not specify both topic name and topic id.';

function refused(name: string | null, topicId: string, errorMessage: string) {
  return { name, topicId, errorCode: ErrorCode.invalidRequest, errorMessage };
}
