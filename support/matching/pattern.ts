import { BrineError } from '../errors';
import { deepest, isFields, type Json } from './json-value';
import { isMarker, type Marker, readMarker, withoutEscape } from './markers';
import { formatPath, type Segment } from './path';

/** Expected JSON, read once: its markers are known and its escapes undone. */
export type Pattern = ScalarPattern | MarkerPattern | ObjectPattern | ArrayPattern;

interface Common {
  /** What was expected, for messages. */
  readonly expected: Json;
  /** Whether a marker in it captures. */
  readonly captures: boolean;
}
export interface ScalarPattern extends Common {
  readonly kind: 'scalar';
}
export interface MarkerPattern extends Common {
  readonly kind: 'marker';
  readonly marker: Marker;
}
export interface ObjectPattern extends Common {
  readonly kind: 'object';
  readonly fields: readonly (readonly [string, Pattern])[];
}
export interface ArrayPattern extends Common {
  readonly kind: 'array';
  readonly items: readonly Pattern[];
}

/**
 * Reads expected JSON.
 * @param place what it is, for errors: `the expected body`
 * @throws BrineError BRINE_MATCH_001 or BRINE_MATCH_002 for a marker that is unknown or cannot be read, with its path;
 *   BRINE_STEP_002 when it is nested deeper than 1,200 levels
 */
export function readPattern(expected: Json, place: string): Pattern {
  return read(expected, place, []);
}

function read(expected: Json, place: string, trail: Segment[]): Pattern {
  if (typeof expected === 'string') return readText(expected, place, trail);
  if (trail.length > deepest) throw tooDeep(place);
  if (Array.isArray(expected)) {
    const items = expected.map((item: Json, index) => readAt(item, index, place, trail));
    return { kind: 'array', expected, items, captures: items.some((item) => item.captures) };
  }
  if (!isFields(expected)) return { kind: 'scalar', expected, captures: false };
  const entries = Object.entries(expected as Readonly<Record<string, Json>>);
  const fields = entries.map(([name, value]) => [name, readAt(value, name, place, trail)] as const);
  return { kind: 'object', expected, fields, captures: fields.some(([, field]) => field.captures) };
}

function tooDeep(place: string): BrineError {
  const reason = `it is nested deeper than ${deepest} levels`;
  return new BrineError('BRINE_STEP_002', { place, reason, advice: 'use a flatter example' });
}

function readAt(value: Json, segment: Segment, place: string, trail: Segment[]): Pattern {
  trail.push(segment);
  const pattern = read(value, place, trail);
  trail.pop();
  return pattern;
}

function readText(text: string, place: string, trail: readonly Segment[]): Pattern {
  if (!isMarker(text)) return { kind: 'scalar', expected: withoutEscape(text), captures: false };
  const marker = readMarker(text, trail.length === 0 ? place : `${place} at ${formatPath(trail)}`);
  return { kind: 'marker', expected: text, marker, captures: marker.captureAs !== undefined };
}
