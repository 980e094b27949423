import { Factories, type FactoryDefinition } from '../support/factories';

/** The factories that were declared in this process. */
export const factories = new Factories();

/**
 * Declares how records of one kind are made, for the steps `a "user" named "alice" with:`, `25 "user" records exist`.
 * @param name what steps call such a record
 * @throws BrineError BRINE_CONFIG_004 when there is a factory of that name
 */
export function factory(name: string, definition: FactoryDefinition): void {
  factories.add(name, definition);
}
