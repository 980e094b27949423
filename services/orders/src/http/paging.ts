import { type FieldFault, invalid } from './http-error';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;
/** Keeps the offset inside PostgreSQL's bigint and JavaScript's safe integers. */
const MAX_PAGE = 1_000_000_000;

/** Which part of a list is asked for; `page` counts from 1. */
export interface PageRequest {
  page: number;
  limit: number;
}

/** One part of a list; `pages` is 0 for an empty list. */
export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  pages: number;
}

/** @throws HttpError 400 when `page` or `limit` is no integer in its range. */
export function pageRequest(query: unknown): PageRequest {
  const faults: FieldFault[] = [];
  const { page, limit } = query as Record<string, unknown>;
  const request = {
    page: integerOf('page', page, { max: MAX_PAGE, fallback: 1 }, faults),
    limit: integerOf('limit', limit, { max: MAX_LIMIT, fallback: DEFAULT_LIMIT }, faults),
  };
  if (faults.length > 0) throw invalid(faults);
  return request;
}

/** The `skip` and `take` of a query. */
export function rangeOf({ page, limit }: PageRequest): { skip: number; take: number } {
  return { skip: (page - 1) * limit, take: limit };
}

export function pageOf<T>(items: T[], total: number, { page, limit }: PageRequest): Page<T> {
  return { items, total, page, pages: Math.ceil(total / limit) };
}

function integerOf(
  field: string,
  value: unknown,
  { max, fallback }: { max: number; fallback: number },
  faults: FieldFault[],
): number {
  if (value === undefined) return fallback;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= max) return number;
  faults.push({ field, problem: `must be an integer from 1 to ${max}` });
  return fallback;
}
