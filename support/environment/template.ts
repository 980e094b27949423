import { BrineError, didYouMean } from '../errors';

/** The values that `{{...}}` may name, such as `databases.orders.url`. */
export type TemplateValues = ReadonlyMap<string, string>;

const place = /\{\{\s*([^}]*?)\s*\}\}/g;

/** The names in the `{{...}}` of a text. */
export function templateNames(text: string): string[] {
  return Array.from(text.matchAll(place), ([, name = '']) => name);
}

/**
 * The text with each `{{name}}` replaced.
 * @param owner whose configuration it is, for the message: `services.orders.env.DATABASE_URL`
 * @throws BrineError BRINE_CONFIG_003 naming the place, the nearest name and all known ones
 */
export function fillTemplate(text: string, values: TemplateValues, owner: string): string {
  return text.replace(place, (_, name: string) => {
    const value = values.get(name);
    if (value !== undefined) return value;
    throw new BrineError('BRINE_CONFIG_003', {
      owner,
      text,
      reference: `{{${name}}}`,
      suggestion: didYouMean(name, values.keys()),
      known: [...values.keys()].join(', '),
    });
  });
}

/** The variables of a process with their templates filled. */
export function fillEnvironment(
  environment: Readonly<Record<string, string>>,
  values: TemplateValues,
  owner: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([key, text]) => [
      key,
      fillTemplate(text, values, `${owner}.env.${key}`),
    ]),
  );
}
