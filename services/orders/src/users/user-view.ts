import type { User } from './user';

/** A user as clients see it. */
export interface UserView {
  id: string;
  username: string;
  email: string;
  createdAt: string;
}

export function userView({ id, username, email, createdAt }: User): UserView {
  return { id, username, email, createdAt: createdAt.toISOString() };
}
