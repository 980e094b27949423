import { ErrorCode } from '../error-code';
import { deleteAclsApi } from '../wire/messages/delete-acls';
import { filterOf, isKnown, securityDisabled } from './acl-requests';
import { implement } from './registered-api';

/** DeleteAcls (31), versions 0-3. Without ACLs switched on: error 54. */
export const deleteAcls = implement(deleteAclsApi, ({ filters }, { broker: { acls } }) => ({
  filterResults: filters.map((wire) => {
    if (!acls) return { ...securityDisabled, matchingAcls: [] };
    const filter = filterOf(wire);
    if (!isKnown(filter)) {
      const errorMessage = 'Filters contain UNKNOWN elements';
      return { errorCode: ErrorCode.invalidRequest, errorMessage, matchingAcls: [] };
    }
    const matchingAcls = acls
      .delete(filter)
      .map((acl) => ({ ...acl, errorCode: ErrorCode.none, errorMessage: null }));
    return { errorCode: ErrorCode.none, errorMessage: null, matchingAcls };
  }),
}));
