import { ErrorCode } from '../error-code';
import { deleteTopicsApi } from '../wire/messages/delete-topics';
import { implement } from './registered-api';

/** DeleteTopics (20), versions 0-5. Committed offsets of the topic go with it. */
export const deleteTopics = implement(deleteTopicsApi, ({ topicNames }, { access, broker }) => ({
  responses: topicNames.map((name) => {
    if (!access.may('delete', 'topic', name)) return { name, errorCode: ErrorCode.topicAuthorizationFailed };
    const existed = broker.topics.delete(name);
    if (existed) broker.groups.forgetTopic(name);
    return { name, errorCode: existed ? ErrorCode.none : ErrorCode.unknownTopicOrPartition };
  }),
}));
