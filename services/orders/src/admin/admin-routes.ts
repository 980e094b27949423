import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { App } from '../http/app';
import { HttpError } from '../http/http-error';
import { pageRequest } from '../http/paging';
import type { UserStore } from '../users/user-store';

/** What only the holder of the token may see: `Authorization: Bearer <token>`, else 401. */
export function adminRoutes(app: App, users: UserStore, token: string): void {
  const onRequest = async (request: FastifyRequest) => {
    if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
      throw new HttpError(401, 'a valid bearer token is required');
    }
  };

  app.get('/admin/users', { onRequest }, (request) => users.list(pageRequest(request.query)));
}

/** Takes equally long wherever the texts differ. */
function isSame(actual: string, expected: string): boolean {
  return timingSafeEqual(digest(actual), digest(expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
