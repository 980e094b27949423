import { BrineError } from '../support/errors';
import type { Literal } from './expectations';
import { literalPattern, quotedPattern, readLiteral, readQuoted } from './literals';

/** One thing that a step says of the events it means. */
export type Criterion =
  | { readonly kind: 'key'; readonly value: Literal }
  | { readonly kind: 'header'; readonly name: string; readonly value: Literal }
  | { readonly kind: 'partition'; readonly value: number }
  | { readonly kind: 'path'; readonly path: string; readonly value: Literal };

/** What a step gets where it need not say which events it means: nothing means all. */
export type Criteria = readonly Criterion[] | undefined;

const quoted = `(?:${quotedPattern.source})`;
const literal = `(?:${literalPattern.source})`;

/**
 * `with key "a" and header "trace" "t-1" on partition 0 where "value.n" is 5`. It stands in many phrases, each with three
 * guards, so it is short, and lets through what {@link readCriteria} then refuses with more words.
 */
export const criteriaPattern = new RegExp(
  `(?:with|on|where) (?:key|header|partition|${quoted})(?: (?:and|with|on|where|key|header|partition|is|${literal}))*`,
);

const criterion = new RegExp(
  [
    `(?:with|and|and with) key (?<key>${literal})`,
    `(?:with|and|and with) header (?<header>${quoted}) (?<text>${literal})`,
    `(?:on|and on) partition (?<partition>\\d+)`,
    `(?:where|and|and where) (?<path>${quoted}) is (?<value>${literal})`,
  ]
    .map((form) => `(?:${form})(?= |$)`)
    .join('|'),
  'y',
);

/**
 * The criteria of such a text, in their order.
 * @throws BrineError BRINE_STEP_002 for words that are none
 */
export function readCriteria(text: string): Criterion[] {
  const criteria: Criterion[] = [];
  let at = 0;
  while (at < text.length) {
    criterion.lastIndex = at;
    const found = criterion.exec(text);
    if (found?.groups === undefined) throw unreadable(text.slice(at));
    criteria.push(criterionFrom(found.groups));
    at = criterion.lastIndex + 1; // the space between two
  }
  return criteria;
}

function criterionFrom(groups: Readonly<Record<string, string | undefined>>): Criterion {
  const { key, header, text = 'null', partition, path = '""', value = 'null' } = groups;
  if (key !== undefined) return { kind: 'key', value: readLiteral(key) };
  if (header !== undefined) return { kind: 'header', name: readQuoted(header), value: readLiteral(text) };
  if (partition !== undefined) return { kind: 'partition', value: Number(partition) };
  return { kind: 'path', path: readQuoted(path), value: readLiteral(value) };
}

function unreadable(rest: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `"... ${rest}"`,
    reason: 'it does not say which events are meant',
    advice:
      'write: with key "a", with header "name" "value", on partition 0, where "value.field" is 5; and between them',
  });
}
