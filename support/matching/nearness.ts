import { isFields } from './json-value';
import type { Pattern } from './pattern';

/**
 * How many of the expected fields and items an actual value has right, at any depth. To be of the same kind counts a little,
 * so that an object is nearer to an object than a text is.
 * @param holds whether a part matches as a whole
 */
export function nearness(
  pattern: Pattern,
  actual: unknown,
  holds: (part: Pattern, actual: unknown) => boolean,
): number {
  if (pattern.kind === 'object' && isFields(actual)) {
    const had = (name: string) => (Object.hasOwn(actual, name) ? actual[name] : undefined);
    return pattern.fields.reduce((sum, [name, field]) => sum + nearness(field, had(name), holds), sameKind);
  }
  if (pattern.kind === 'array' && Array.isArray(actual))
    return pattern.items.reduce((sum, item, at) => sum + nearness(item, actual[at], holds), sameKind);
  return holds(pattern, actual) ? 1 : 0;
}

const sameKind = 0.1;
