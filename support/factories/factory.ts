import type { Faker } from '@faker-js/faker';
import { BrineError, didYouMean } from '../errors';

/** The record that another one refers to. */
export class Reference {
  constructor(
    readonly factory: string,
    /** The column of the other that is referred to; its primary key unless given. */
    readonly column: string | undefined,
  ) {}
}

/** What a factory makes the values of one record from. */
export interface FactoryContext {
  /** 1 for the first record of this factory in a scenario, then 2, 3, ... */
  readonly sequence: number;
  /** Plausible values; the same ones for the same seed and scenario. See https://fakerjs.dev */
  readonly faker: Faker;
  /**
   * A record of another factory, which is made for it unless the step names one.
   * @param column the column that is referred to; the primary key unless given
   */
  ref(factory: string, column?: string): Reference;
}

/** The values of one record, by column. Null is NULL; a column that is not given, or undefined, has its default. */
export type Attributes = Readonly<Record<string, unknown>>;

/** How records of one kind are made. */
export interface FactoryDefinition {
  /** `users`, or `sales.users`. */
  readonly table: string;
  /** The name of the database in the configuration; the first declared one unless given. */
  readonly database?: string;
  readonly defaults: (context: FactoryContext) => Attributes;
  /** Values that go before the defaults, by the word with which a step asks for them: `a "user" that is "locked" ...`. */
  readonly traits?: Readonly<Record<string, Attributes | ((context: FactoryContext) => Attributes)>>;
}

/** A factory, with its name. */
export interface Factory extends FactoryDefinition {
  readonly name: string;
}

/** The factories that were declared in this process. */
export class Factories {
  private readonly factories = new Map<string, Factory>();

  /** @throws BrineError BRINE_CONFIG_004 when there is one of that name */
  add(name: string, definition: FactoryDefinition): void {
    if (this.factories.has(name)) {
      const parameters = {
        reason: `the factory "${name}" is declared twice`,
        advice: 'give one another name',
      };
      throw new BrineError('BRINE_CONFIG_004', parameters);
    }
    this.factories.set(name, { name, ...definition });
  }

  /** @throws BrineError BRINE_STEP_001 with the nearest name */
  get(name: string): Factory {
    const found = this.factories.get(name);
    if (found !== undefined) return found;
    const names = [...this.factories.keys()];
    throw new BrineError('BRINE_STEP_001', {
      kind: 'factory',
      name,
      suggestion: didYouMean(name, names),
      known: names.join(', ') || "none: declare it in a step file with factory('...', { table, defaults })",
    });
  }
}

/** The attributes with those of the traits laid over the defaults. */
export function attributesOf(
  factory: Factory,
  traits: readonly string[],
  context: FactoryContext,
): Map<string, unknown> {
  const attributes = new Map(Object.entries(factory.defaults(context)));
  for (const trait of traits) {
    const found = traitOf(factory, trait);
    const values = typeof found === 'function' ? found(context) : found;
    for (const [column, value] of Object.entries(values)) attributes.set(column, value);
  }
  return attributes;
}

function traitOf({ name, traits = {} }: Factory, trait: string) {
  if (Object.hasOwn(traits, trait) && traits[trait] !== undefined) return traits[trait];
  const names = Object.keys(traits);
  throw new BrineError('BRINE_STEP_001', {
    kind: `trait of factory "${name}"`,
    name: trait,
    suggestion: didYouMean(trait, names),
    known: names.join(', ') || 'none: declare it under traits',
  });
}
