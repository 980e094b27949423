import type { defineParameterType } from '@cucumber/cucumber';
import { CucumberExpression, ParameterType, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';

type Definition = Parameters<typeof defineParameterType>[0];

/** The parameter types of phrases. The runner has its own registry, but shows it to nobody. */
export class ParameterTypes {
  private readonly registry = new ParameterTypeRegistry();
  private readonly added: Array<{ readonly name: string; readonly regexps: readonly string[] }> = [];

  add({ name, regexp }: Definition): void {
    const regexps = [regexp].flat().map((one) => new RegExp(one).source);
    this.added.push({ name: name ?? '', regexps });
    const same = (text: string) => text;
    this.registry.defineParameterType(new ParameterType(name, regexp, null, same, false, false));
  }

  /** What was added, in its order, with the sources of its regular expressions. */
  all(): ReadonlyArray<{ readonly name: string; readonly regexps: readonly string[] }> {
    return this.added;
  }

  /** What the texts of a step look like; undefined when its expression uses a type that was not added. */
  pattern(expression: string): RegExp | undefined {
    try {
      return new CucumberExpression(expression, this.registry).regexp;
    } catch {
      return undefined;
    }
  }
}
