import type { HttpExchange } from '../support/clients';
import { lookUp, parseJson, stringifyJson } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { fail } from './expectations';

/** The text of a body to be sent: JSON of a step or file, with `${...}` filled. */
export function bodyText(world: AcceptanceWorld, text: string, place: string): string {
  return stringifyJson(world.variables.json(text, place));
}

/** A response body as JSON; as text when its media type is not JSON; undefined when there is none. */
export function bodyOf({ text, headers }: HttpExchange): unknown {
  if (text === '') return undefined;
  return headers['content-type']?.includes('json') ? parseJson(text, 'the response body') : text;
}

/** A value of a response body, by its path: `items[0].sku`, or with a `$.` before it. */
export function fieldOf(exchange: HttpExchange, path: string): unknown {
  const body = bodyOf(exchange);
  if (path === '$') return body;
  const { found, value } = lookUp(body, path.replace(/^\$\.?/, ''));
  if (found) return value;
  return fail(`the response body has no field "${path}"; it was:\n  ${exchange.text || '(no body)'}`);
}
