import type { HttpExchange, HttpRequest } from '../support/clients';
import { BrineError, editDistance } from '../support/errors';
import { lookUp } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { fail } from './expectations';
import { bodyOf, fieldLike, fieldOf, summaryOf } from './http-responses';

const mostPages = 1_000;

/** Where the next page is: its path, or undefined when this one was the last. */
export type NextPage = (answer: HttpExchange, page: readonly unknown[], number: number) => string | undefined;

/** What is read, and how. */
export interface Pages {
  readonly path: string;
  readonly service?: string | undefined;
  /** The field that holds a page's items; the body itself or its only array unless given. */
  readonly items?: string | undefined;
  readonly next: NextPage;
}

/**
 * Reads page after page and remembers the items of all of them.
 * @throws AssertionError when a page does not answer 2xx, has no items field, or comes twice
 */
export async function readAllPages(world: AcceptanceWorld, pages: Pages): Promise<void> {
  const first = world.prepared({ method: 'GET', path: pages.path }, pages.service);
  const exchanges: HttpExchange[] = [];
  const items: unknown[] = [];
  const seen = new Set<string>();
  for (let request: HttpRequest | undefined = first; request !== undefined; ) {
    if (seen.has(request.path))
      fail(`the pages do not end: page ${exchanges.length} leads back to ${request.path}`);
    if (seen.size >= mostPages)
      fail(`the pages do not end: ${mostPages} were read, the last was ${request.path}`);
    seen.add(request.path);
    const answer = await world.exchange(request, pages.service);
    const page = itemsOfPage(answer, pages.items);
    assertMoved(exchanges.at(-1), answer, page);
    exchanges.push(answer);
    items.push(...page);
    const path = pages.next(answer, page, exchanges.length);
    request = path === undefined ? undefined : { ...first, path };
  }
  world.remembered.many = { kind: 'pages', exchanges, items };
}

/** A service that does not know the parameter by which it is asked for a page gives the same one for ever. */
function assertMoved(before: HttpExchange | undefined, answer: HttpExchange, page: readonly unknown[]): void {
  if (before === undefined || page.length === 0 || before.text !== answer.text) return;
  fail(
    `the pages do not end: ${before.request.path} and ${answer.request.path} answer the same\n${summaryOf(answer)}`,
  );
}

function itemsOfPage(answer: HttpExchange, field: string | undefined): readonly unknown[] {
  if (answer.status < 200 || answer.status > 299)
    fail(`a page has status ${answer.status}\n${summaryOf(answer)}`);
  const found = field === undefined ? onlyArray(answer) : fieldOf(answer, field);
  return Array.isArray(found) ? found : fail(`the field "${field}" is no array\n${summaryOf(answer)}`);
}

function onlyArray(answer: HttpExchange): unknown {
  const body = bodyOf(answer);
  if (Array.isArray(body)) return body;
  const arrays = Object.entries(Object(body)).filter(([, value]) => Array.isArray(value));
  const [first] = arrays;
  if (arrays.length === 1 && first !== undefined) return first[1];
  throw new BrineError('BRINE_STEP_002', {
    place: `the page ${answer.request.path}`,
    reason:
      arrays.length === 0
        ? 'its body has no array'
        : `its body has several arrays: ${arrays.map(([name]) => name).join(', ')}`,
    advice: 'say which field holds the items: ..., items in "..."',
  });
}

/** Follows the header `Link: <...>; rel="next"` (RFC 8288). */
export const byLinkHeader: NextPage = (answer) => {
  const links = answer.headers.link ?? '';
  for (const [, target = '', parameters = ''] of links.matchAll(
    /<([^>]*)>((?:\s*;\s*[^,;"]+(?:"[^"]*")?)*)/g,
  )) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s|"|$|;|,)/i.test(`${parameters} `))
      return pathFrom(target, answer);
  }
  return undefined;
};

/** Follows a field that holds the next page's address or, with the name of a query parameter, a cursor for it. */
export function byField(field: string, parameter?: string): NextPage {
  return (answer, _, number) => {
    const { found, value } = lookUp(bodyOf(answer), field);
    if (!found && number === 1) assertNotMisspelt(answer, field, parameter !== undefined);
    if (value === undefined || value === null || value === '' || value === false) return undefined;
    if (parameter === undefined) return pathFrom(addressIn(value, field), answer);
    return withParameter(answer.request.path, parameter, String(value));
  };
}

/**
 * A missing field says that there are no more pages: so must not one whose name is wrong.
 * @throws BrineError BRINE_STEP_002 where the first page has a field of a very similar name that could be meant, or can have none
 */
function assertNotMisspelt(answer: HttpExchange, field: string, isCursor: boolean): void {
  const body = bodyOf(answer);
  const place = `the first page, GET ${answer.request.path}`;
  if (Array.isArray(body) && !/^\$?\[|^\d/.test(field)) {
    const reason = `its body is an array, which has no field "${field}"`;
    const advice = 'name a field of an object, or say: by the Link header, by query "..."';
    throw new BrineError('BRINE_STEP_002', { place, reason, advice });
  }
  const meant = meantField(body, field, isCursor);
  if (meant === undefined) return;
  throw new BrineError('BRINE_STEP_002', {
    place,
    reason: `its body has no field "${field}", so that it would be the last one`,
    advice: `did you mean "${meant}"?`,
  });
}

function meantField(body: unknown, field: string, isCursor: boolean): string | undefined {
  const near = fieldLike(body, field);
  if (near === undefined) return undefined;
  const [there, asked] = [near.split('.'), field.replace(/^\$\.?/, '').split('.')];
  const meant = [...there, ...asked.slice(there.length)].join('.');
  const last = there.length - 1;
  const isMeant =
    isVeryLike(asked[last] ?? '', there[last] ?? '') && mayLeadOn(lookUp(body, meant).value, isCursor);
  return isMeant ? meant : undefined;
}

/** Of short names many are alike (`next`, `text`) and mean other things. */
function isVeryLike(asked: string, there: string): boolean {
  const [a, b] = [asked.toLowerCase(), there.toLowerCase()];
  return asked.length > 4 || (a[0] === b[0] && editDistance(a, b) === 1);
}

function mayLeadOn(value: unknown, isCursor: boolean): boolean {
  if (value === null || value === '') return true; // no more pages, in the words of many a service
  return isCursor ? typeof value === 'string' || typeof value === 'number' : /[/?]/.test(String(value));
}

/** @throws BrineError BRINE_STEP_002 for a cursor: it would be taken for a path */
function addressIn(value: unknown, field: string): string {
  const text = String(value);
  if (/[/?]/.test(text)) return text;
  throw new BrineError('BRINE_STEP_002', {
    place: `the field "${field}" of a page`,
    reason: `it holds ${JSON.stringify(value)}, which is no address`,
    advice: `if it is a cursor, say in which query parameter it goes back: by field "${field}" as query "..."`,
  });
}

/** Counts a query parameter up, from 1 or what the path says, until a page is empty. */
export function byNumber(parameter: string): NextPage {
  return (answer, page) => {
    if (page.length === 0) return undefined;
    const { searchParams } = new URL(answer.request.path, 'http://service');
    return withParameter(
      answer.request.path,
      parameter,
      String(Number(searchParams.get(parameter) ?? 1) + 1),
    );
  };
}

/** Counts a query parameter up by the items of each page, from 0 or what the path says, until a page is empty. */
export function byOffset(parameter: string): NextPage {
  return ({ request: { path } }, page) => {
    if (page.length === 0) return undefined;
    const before = Number(new URL(path, 'http://service').searchParams.get(parameter) ?? 0);
    return withParameter(path, parameter, String(before + page.length));
  };
}

function pathFrom(target: string, answer: HttpExchange): string {
  const url = new URL(target, answer.url);
  return `${url.pathname}${url.search}`;
}

function withParameter(path: string, name: string, value: string): string {
  const url = new URL(path, 'http://service');
  url.searchParams.set(name, value);
  return `${url.pathname}${url.search}`;
}
