import { CucumberExpression } from '@cucumber/cucumber-expressions';

/** What all texts of a Cucumber expression begin with: up to its first parameter, optional text, escape or alternative. */
export function literalBeginning(expression: string): string {
  const [plain = ''] = /^[^{(\\/]*/.exec(expression) ?? [];
  const isCutInWord = expression[plain.length] === '/';
  return isCutInWord ? plain.slice(0, plain.lastIndexOf(' ') + 1) : plain;
}

/**
 * Before the first scenario the runner asks every definition about every step, which are some 900 regular expressions for each
 * (0.7 ms). A definition that begins otherwise is passed over now, by a wrapper around the one method that it asks.
 */
export function passOverOtherBeginnings(): void {
  const { match } = CucumberExpression.prototype;
  const beginnings = new WeakMap<CucumberExpression, string>();
  const beginningOf = (expression: CucumberExpression) => {
    const known = beginnings.get(expression);
    if (known !== undefined) return known;
    const beginning = literalBeginning(expression.source);
    beginnings.set(expression, beginning);
    return beginning;
  };
  CucumberExpression.prototype.match = function (text) {
    return text.startsWith(beginningOf(this)) ? match.call(this, text) : null;
  };
}
