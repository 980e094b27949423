import { ErrorCode } from '../error-code';
import type { CoordinatorKind } from '../state/coordinators';
import type { ApiDefinition } from '../wire/api-definition';
import { implement, type RegisteredApi, refusal } from './registered-api';
import type { RequestContext } from './request-context';

type Handler<Request, Response> = (
  request: Request,
  context: RequestContext,
) => Response | null | Promise<Response | null>;

/** Whether the request came to the node that coordinates the group or transactional id. */
export function coordinates({ node, broker }: RequestContext, kind: CoordinatorKind, id: string): boolean {
  return broker.cluster.coordinators.of(kind, id) === node.id;
}

/** An API of one group. Any node but its coordinator answers NOT_COORDINATOR. */
export function implementForGroup<Request extends { groupId: string }, Response>(
  api: ApiDefinition<Request, Response>,
  handle: Handler<Request, Response>,
): RegisteredApi {
  return implement(api, (request, context) => {
    if (coordinates(context, 'group', request.groupId)) return handle(request, context);
    return refusal(api, request, context, ErrorCode.notCoordinator);
  });
}

/** An API of one transactional id. Any node but its coordinator answers NOT_COORDINATOR. */
export function implementForTransaction<Request extends { transactionalId: string | null }, Response>(
  api: ApiDefinition<Request, Response>,
  handle: Handler<Request, Response>,
): RegisteredApi {
  return implement(api, (request, context) => {
    const { transactionalId } = request;
    if (transactionalId === null || coordinates(context, 'transaction', transactionalId)) {
      return handle(request, context);
    }
    return refusal(api, request, context, ErrorCode.notCoordinator);
  });
}
