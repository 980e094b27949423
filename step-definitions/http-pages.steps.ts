import type { AcceptanceWorld } from '../world/acceptance-world';
import { byField, byLinkHeader, byNumber, byOffset, type NextPage, readAllPages } from '../world/http-pages';
import { stepsUsing } from './define';

const { action } = stepsUsing();

action(
  'I read all pages of {string}[ from {service}] by the Link header[, items in {string}]',
  {
    doc: 'Sends GET and follows `Link: <...>; rel="next"` to the last page. Where the items are is seen by itself when the body, or only one of its fields, is an array. What holds of them is said of `all pages`.',
    examples: ['When I read all pages of "/items?limit=10" by the Link header'],
  },
  async function (this: AcceptanceWorld, path: string, service?: string, items?: string) {
    await readAllPages(this, { path, service, items, next: byLinkHeader });
  },
);

action(
  'I read all pages of {string}[ from {service}] by field {string}[, items in {string}]',
  {
    doc: 'As above; the field holds the address of the next page, and is missing, null or empty on the last.',
    examples: ['When I read all pages of "/items" by field "links.next", items in "data"'],
  },
  readBy((field) => byField(field)),
);

action(
  'I read all pages of {string}[ from {service}] by field {string} as query {string}[, items in {string}]',
  {
    doc: 'As above; the field holds a cursor, which goes into that query parameter of the next request.',
    examples: ['When I read all pages of "/events" by field "cursor" as query "after"'],
  },
  async function (
    this: AcceptanceWorld,
    path: string,
    service: string | undefined,
    field: string,
    query: string,
    items?: string,
  ) {
    await readAllPages(this, { path, service, items, next: byField(field, query) });
  },
);

action(
  'I read all pages of {string}[ from {service}] by query {string}[, items in {string}]',
  {
    doc: 'As above; that query parameter counts up, from 1 unless the path says otherwise, until a page has no items.',
    examples: ['When I read all pages of "/items?limit=10" by query "page"'],
  },
  readBy(byNumber),
);

action(
  'I read all pages of {string}[ from {service}] by offset in query {string}[, items in {string}]',
  {
    doc: 'As above; that query parameter counts the items that were read, from 0 unless the path says otherwise, until a page has no items.',
    examples: ['When I read all pages of "/items?limit=10" by offset in query "offset"'],
  },
  readBy(byOffset),
);

/** What a step does whose words say by which field or query parameter the next page is found. */
function readBy(next: (name: string) => NextPage) {
  return async function (
    this: AcceptanceWorld,
    path: string,
    service: string | undefined,
    name: string,
    items?: string,
  ) {
    await readAllPages(this, { path, service, items, next: next(name) });
  };
}
