import { ErrorCode } from '../error-code';
import { createAclsApi } from '../wire/messages/create-acls';
import { problemOf, securityDisabled } from './acl-requests';
import { implement } from './registered-api';

/** CreateAcls (30), versions 0-3. They act when the answer arrives. Without ACLs switched on: error 54. */
export const createAcls = implement(createAclsApi, ({ creations }, { broker: { acls } }) => ({
  results: creations.map(({ resourcePatternType: patternType, ...rest }) => {
    if (!acls) return securityDisabled;
    const acl = { ...rest, patternType };
    const errorMessage = problemOf(acl);
    if (errorMessage !== null) return { errorCode: ErrorCode.invalidRequest, errorMessage };
    acls.add(acl);
    return { errorCode: ErrorCode.none, errorMessage: null };
  }),
}));
