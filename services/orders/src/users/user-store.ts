import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { isForeignKeyViolation, isUniqueViolation } from '../database/postgres-errors';
import { conflict, notFound } from '../http/http-error';
import { type Page, type PageRequest, pageOf, rangeOf } from '../http/paging';
import { User } from './user';
import { type UserView, userView } from './user-view';

export interface UserFields {
  username: string;
  email: string;
}

/** The users in the database. Methods that take an id throw HttpError 404 when there is no such user. */
export class UserStore {
  readonly #database: DataSource;

  constructor(database: DataSource) {
    this.#database = database;
  }

  /** @throws HttpError 409 when the username is taken. */
  async create(fields: UserFields): Promise<UserView> {
    const user = Object.assign(new User(), { id: randomUUID(), ...fields, createdAt: new Date() });
    await this.#database.manager.insert(User, user).catch((error) => rethrow(error, fields));
    return userView(user);
  }

  async get(id: string): Promise<UserView> {
    const user = await this.#database.manager.findOneBy(User, { id });
    if (!user) throw notFound('user', id);
    return userView(user);
  }

  /** @throws HttpError 409 when the username is taken by another user. */
  async replace(id: string, fields: UserFields): Promise<UserView> {
    await this.#database.manager.update(User, id, fields).catch((error) => rethrow(error, fields));
    return this.get(id);
  }

  /** @throws HttpError 409 when the user has orders. */
  async remove(id: string): Promise<void> {
    const { affected } = await this.#database.manager.delete(User, id).catch((error) => {
      if (isForeignKeyViolation(error, 'orders_user_id_fkey')) throw conflict(`user ${id} has orders`);
      throw error;
    });
    if (!affected) throw notFound('user', id);
  }

  /** In the order of their creation. */
  async list(request: PageRequest): Promise<Page<UserView>> {
    const [users, total] = await this.#database.manager.findAndCount(User, {
      order: { createdAt: 'ASC', id: 'ASC' },
      ...rangeOf(request),
    });
    return pageOf(users.map(userView), total, request);
  }
}

function rethrow(error: unknown, { username }: UserFields): never {
  if (isUniqueViolation(error, 'users_username_key')) throw conflict(`username ${username} is taken`);
  throw error;
}
