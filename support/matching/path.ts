import { quoted } from './visible';

/** A step of a path: a field's name or an item's index. */
export type Segment = string | number;

/** What a path leads to; `found` tells a value that is undefined from none. */
export interface Found {
  readonly found: boolean;
  readonly value: unknown;
}

const nothing: Found = { found: false, value: undefined };
const plainName = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u;
const head = /^\.?(?:\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+))/;

/** The path in words of the feature: `$.items[2].sku`, `$["a b"]`. `root` is `$` unless told. */
export function formatPath(segments: readonly Segment[], root = '$'): string {
  return root + segments.map(formatSegment).join('');
}

function formatSegment(segment: Segment): string {
  if (typeof segment === 'number') return `[${segment}]`;
  return plainName.test(segment) ? `.${segment}` : `[${quoted(segment)}]`;
}

/**
 * Follows a path such as `value.items[0].sku`, `headers.event-type` or `$["a b"]`. At each step an own property that is
 * named as the whole rest of the path wins, so names with points need no quoting. Only own properties are seen.
 */
export function lookUp(root: unknown, path: string): Found {
  const direct = own(root, path);
  if (direct.found) return direct;
  if (path === '' || path === '$') return { found: true, value: root };
  return isPlain(path) ? lookUpPlain(root, path) : lookUpAny(root, path);
}

/** Names between points: what nearly all paths are, and rows are looked through by the thousand. */
function isPlain(path: string): boolean {
  return !path.includes('[') && !path.includes(']') && !path.startsWith('.') && !path.startsWith('$.');
}

function lookUpPlain(root: unknown, path: string): Found {
  const end = path.indexOf('.');
  if (end < 0) return nothing; // it is no property as a whole
  const next = own(root, path.slice(0, end));
  if (!next.found) return nothing;
  const remaining = path.slice(end + 1);
  return remaining === '' ? nothing : lookUp(next.value, remaining);
}

function lookUpAny(root: unknown, path: string): Found {
  const rest = path.startsWith('$.') || path.startsWith('$[') ? path.slice(1) : path;
  const step = head.exec(rest);
  if (step === null) return nothing;
  const next = own(root, stepName(step));
  const remaining = rest.slice(step[0].length);
  if (!next.found || remaining === '') return next;
  return remaining === '.' ? nothing : lookUp(next.value, remaining.replace(/^\./, ''));
}

/** The first step of a path: `order` for `order.items[0]`. */
export function firstStep(path: string): string {
  const step = head.exec(path.replace(/^\$(?=[.[])/, ''));
  return step === null ? path : stepName(step);
}

function stepName([, index, quoted, plain]: RegExpExecArray): string {
  return index ?? plain ?? (quoted ?? '').replace(/\\(.)/g, '$1');
}

function own(value: unknown, name: string): Found {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return nothing;
  const property = (value as Readonly<Record<string, unknown>>)[name];
  return property === undefined ? nothing : { found: true, value: property };
}

/** The names that a path could go on with: an object's fields. */
export function fieldsOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
