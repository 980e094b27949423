import { createHash } from 'node:crypto';
import type { Faker } from '@faker-js/faker';

/** Plausible values for one scenario, the same ones whenever it runs with the same seed, whatever runs beside or before it. */
export class FakeData {
  private made: Faker | undefined;

  /**
   * @param seed of the run
   * @param scenario what tells the scenario from the others
   */
  constructor(
    private readonly seed: number,
    private readonly scenario: string,
  ) {}

  /** Whether anything was made. */
  get wasUsed(): boolean {
    return this.made !== undefined;
  }

  /** Loaded by the first who asks. */
  get faker(): Faker {
    this.made ??= seeded(this.seed, this.scenario);
    return this.made;
  }

  /**
   * The value of `faker.person.firstName` in a text.
   * @returns undefined for what faker has not
   */
  generate(expression: string): unknown {
    const [root, module, method, ...more] = expression.split('.');
    if (root !== 'faker' || module === undefined || method === undefined || more.length > 0) return undefined;
    const { faker } = this;
    const values = (faker as unknown as Record<string, Record<string, unknown>>)[module];
    const make = typeof values === 'object' && !method.startsWith('_') ? values[method] : undefined;
    return typeof make === 'function' ? make.call(values) : undefined;
  }
}

function seeded(seed: number, scenario: string): Faker {
  // loaded here, for most runs never need it; it takes some 60 ms
  const { faker } = require('@faker-js/faker/locale/en') as typeof import('@faker-js/faker');
  const digest = createHash('sha256').update(`${seed} ${scenario}`).digest();
  faker.seed(digest.readUInt32LE());
  return faker;
}
