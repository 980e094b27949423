import { ErrorCode } from '../error-code';
import { describeUserScramCredentialsApi } from '../wire/messages/describe-user-scram-credentials';
import { implement } from './registered-api';

/** DescribeUserScramCredentials (50), version 0 (KIP-554). No users, or null: all that have SCRAM credentials. */
export const describeUserScramCredentials = implement(
  describeUserScramCredentialsApi,
  ({ users }, { broker: { credentials } }) => {
    const asked =
      users === null || users.length === 0 ? credentials.scramUsers() : users.map(({ name }) => name);
    const results = [...new Set(asked)].map((user) => {
      const credentialInfos = credentials.scramInfosOf(user);
      const fail = (errorCode: ErrorCode, why: string) => ({
        user,
        errorCode,
        errorMessage: `${why}: ${user}`,
        credentialInfos: [],
      });
      if (asked.filter((name) => name === user).length > 1) {
        const why = 'Cannot describe SCRAM credentials for the same user twice in a single request';
        return fail(ErrorCode.duplicateResource, why);
      }
      if (credentialInfos.length === 0) {
        const why = 'Attempt to describe a user credential that does not exist';
        return fail(ErrorCode.resourceNotFound, why);
      }
      return { user, errorCode: ErrorCode.none, credentialInfos };
    });
    return { errorCode: ErrorCode.none, results };
  },
);
