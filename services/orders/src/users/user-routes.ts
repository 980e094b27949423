import type { App } from '../http/app';
import { BodyReader } from '../http/body-reader';
import { idOf } from '../http/identifiers';
import { pageRequest } from '../http/paging';
import type { UserFields, UserStore } from './user-store';

export function userRoutes(app: App, users: UserStore): void {
  app.post('/users', async (request, reply) =>
    reply.status(201).send(await users.create(readUser(request.body))),
  );

  app.get('/users', (request) => users.list(pageRequest(request.query)));

  app.get('/users/:id', (request) => users.get(idOf(request.params)));

  app.put('/users/:id', (request) => users.replace(idOf(request.params), readUser(request.body)));

  app.delete('/users/:id', async (request, reply) => {
    await users.remove(idOf(request.params));
    return reply.status(204).send();
  });
}

function readUser(body: unknown): UserFields {
  const reader = new BodyReader(body);
  const fields = { username: reader.text('username', { max: 100 }), email: reader.email('email') };
  reader.assertValid();
  return fields;
}
