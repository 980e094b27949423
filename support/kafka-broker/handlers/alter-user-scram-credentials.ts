import { ErrorCode } from '../error-code';
import { type Credentials, iterationRange, scramCredential, scramKinds } from '../state/credentials';
import { alterUserScramCredentialsApi } from '../wire/messages/alter-user-scram-credentials';
import { implement } from './registered-api';

interface Deletion {
  readonly name: string;
  readonly mechanism: number;
}

interface Upsertion extends Deletion {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly saltedPassword: Buffer;
}

const forbidden = {
  errorCode: ErrorCode.clusterAuthorizationFailed,
  errorMessage: 'Cluster authorization failed.',
};

type Problem = readonly [ErrorCode, string];

/** AlterUserScramCredentials (51), version 0 (KIP-554). A user of whom one change is wrong is not changed at all. */
export const alterUserScramCredentials = implement(
  alterUserScramCredentialsApi,
  ({ deletions, upsertions }, { access, broker: { credentials } }) => {
    const all = [...deletions, ...upsertions];
    const results = [...new Set(all.map(({ name }) => name))].map((user) => {
      if (!access.may('alter', 'cluster')) return { user, ...forbidden };
      const own = (change: Deletion) => change.name === user;
      const problem =
        repeated(all.filter(own)) ??
        firstOf(upsertions.filter(own).map(upsertionProblem)) ??
        firstOf(deletions.filter(own).map((deletion) => deletionProblem(deletion, credentials)));
      if (problem) return { user, errorCode: problem[0], errorMessage: problem[1] };
      for (const { mechanism } of deletions.filter(own)) credentials.deleteScram(user, mechanism);
      for (const upsertion of upsertions.filter(own)) upsert(upsertion, credentials);
      return { user, errorCode: ErrorCode.none };
    });
    return { results };
  },
);

function upsert({ name, mechanism, iterations, salt, saltedPassword }: Upsertion, credentials: Credentials) {
  const credential = scramCredential(mechanism, Buffer.from(saltedPassword), salt, iterations);
  credentials.setScram(name, mechanism, credential);
}

function repeated(changes: readonly Deletion[]): Problem | undefined {
  const mechanisms = new Set(changes.map(({ mechanism }) => mechanism));
  if (mechanisms.size === changes.length) return undefined;
  const why = 'A user credential cannot be altered twice in the same request';
  return [ErrorCode.duplicateResource, why];
}

function changeProblem({ name, mechanism }: Deletion): Problem | undefined {
  if (name === '') return [ErrorCode.unacceptableCredential, 'Username must not be empty'];
  return scramKinds.has(mechanism)
    ? undefined
    : [ErrorCode.unsupportedSaslMechanism, 'Unknown SCRAM mechanism'];
}

function upsertionProblem(upsertion: Upsertion): Problem | undefined {
  const problem = changeProblem(upsertion);
  if (problem) return problem;
  const { iterations } = upsertion;
  if (iterations < iterationRange.least) return [ErrorCode.unacceptableCredential, 'Too few iterations'];
  if (iterations > iterationRange.most) return [ErrorCode.unacceptableCredential, 'Too many iterations'];
  return undefined;
}

function deletionProblem(deletion: Deletion, credentials: Credentials): Problem | undefined {
  const problem = changeProblem(deletion);
  if (problem) return problem;
  return credentials.scramOf(deletion.name, deletion.mechanism)
    ? undefined
    : [ErrorCode.resourceNotFound, 'Attempt to delete a user credential that does not exist'];
}

function firstOf(problems: ReadonlyArray<Problem | undefined>): Problem | undefined {
  return problems.find((problem) => problem !== undefined);
}
