import type { Literal } from './expectations';
import { literalPattern, quotedPattern, readLiteral, readQuoted } from './literals';

/** One thing that a step says of the events it means. */
export type Criterion =
  | { readonly kind: 'key'; readonly value: Literal }
  | { readonly kind: 'header'; readonly name: string; readonly value: Literal }
  | { readonly kind: 'partition'; readonly value: number }
  | { readonly kind: 'path'; readonly path: string; readonly value: Literal };

const quoted = `(?:${quotedPattern.source})`;
const literal = `(?:${literalPattern.source})`;
const forms = [
  `(?:with|and|and with) key ${literal}`,
  `(?:with|and|and with) header ${quoted} ${literal}`,
  `(?:on|and on) partition \\d+`,
  `(?:where|and|and where) ${quoted} is ${literal}`,
];

/** `with key "a" and header "trace" "t-1" on partition 0 where "value.n" is 5`. */
export const criteriaPattern = new RegExp(
  `(?=with|on|where)(?:${forms.join('|')})(?: (?:${forms.join('|')}))*`,
);

const criterion = new RegExp(
  [
    `key (?<key>${literal})`,
    `header (?<header>${quoted}) (?<text>${literal})`,
    `partition (?<partition>\\d+)`,
    `(?<path>${quoted}) is (?<value>${literal})`,
  ].join('|'),
  'y',
);

/** The criteria of such a text, in their order. */
export function readCriteria(text: string): Criterion[] {
  const criteria: Criterion[] = [];
  const joint = /(?: ?(?:with|and with|and where|and on|and|on|where) )/y;
  let at = 0;
  while (at < text.length) {
    joint.lastIndex = at;
    criterion.lastIndex = at + (joint.exec(text)?.[0].length ?? 0);
    const found = criterion.exec(text);
    if (found?.groups === undefined) break;
    criteria.push(criterionFrom(found.groups));
    at = criterion.lastIndex;
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
