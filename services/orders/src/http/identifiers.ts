import { HttpError } from './http-error';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * The `:id` of a route, in lower case.
 * @throws HttpError 400 when it is not a UUID: it can name nothing, so the request itself is wrong.
 */
export function idOf(params: unknown): string {
  const { id } = params as { id: string };
  if (!isUuid(id)) throw new HttpError(400, `id must be a UUID, not "${id}"`);
  return id.toLowerCase();
}
