/** One way to say a phrase: the expression, and which of the phrase's parameters it has. */
export interface Variant {
  readonly expression: string;
  /** For each parameter of the whole phrase, whether this variant has it. */
  readonly present: readonly boolean[];
}

const parameter = /\{[^}]*\}/g;

/**
 * All ways to say a phrase in which `[...]` encloses what may be left out, such as `[ of {service}]`.
 * Cucumber's own optional text cannot hold parameters, hence this.
 */
export function variantsOf(phrase: string): Variant[] {
  const parts = phrase.split(/(\[[^\]]*\])/).filter((part) => part !== '');
  return parts.reduce<Variant[]>(
    (variants, part) => {
      const optional = part.startsWith('[');
      const text = optional ? part.slice(1, -1) : part;
      const count = text.match(parameter)?.length ?? 0;
      const extended = variants.map((variant) => extend(variant, text, count, true));
      return optional
        ? [...variants.map((variant) => extend(variant, '', count, false)), ...extended]
        : extended;
    },
    [{ expression: '', present: [] }],
  );
}

function extend(variant: Variant, text: string, parameters: number, present: boolean): Variant {
  return {
    expression: variant.expression + text,
    present: [...variant.present, ...Array.from({ length: parameters }, () => present)],
  };
}

/** The values of a variant, with undefined where the whole phrase has a parameter that it lacks. */
export function withGaps(values: readonly unknown[], present: readonly boolean[]): unknown[] {
  let next = 0;
  const filled = present.map((has) => (has ? values[next++] : undefined));
  return [...filled, ...values.slice(next)];
}
