import { CucumberExpression } from '@cucumber/cucumber-expressions';

/** What {@link buildPatternsLate} reaches into; see the library's `CucumberExpression.ts`. */
interface Internals {
  treeRegexp: { constructor: new (pattern: string) => Internals['treeRegexp'] };
  rewriteExpression(node: unknown): string;
}

/**
 * Most of the 900 definitions are asked about no step of a run, and the pattern of each takes 0.06 ms to build in each of its threads.
 * It is built when an expression is first matched, now. Whether the expression is right is found out as early as ever.
 */
export function buildPatternsLate(): void {
  const prototype = CucumberExpression.prototype as unknown as Internals;
  const { match } = CucumberExpression.prototype;
  const { rewriteExpression } = prototype;
  const regexp = Object.getOwnPropertyDescriptor(CucumberExpression.prototype, 'regexp');
  if (rewriteExpression === undefined || regexp?.get === undefined) return; // another version: as it was
  const patterns = new WeakMap<CucumberExpression, string>();
  const build = (expression: CucumberExpression) => {
    const pattern = patterns.get(expression);
    if (pattern === undefined) return;
    patterns.delete(expression);
    const internals = expression as unknown as Internals;
    internals.treeRegexp = new internals.treeRegexp.constructor(pattern);
  };
  prototype.rewriteExpression = function (this: CucumberExpression & Internals, node) {
    patterns.set(this, rewriteExpression.call(this, node));
    return '^$';
  };
  CucumberExpression.prototype.match = function (text) {
    build(this);
    return match.call(this, text);
  };
  Object.defineProperty(CucumberExpression.prototype, 'regexp', {
    ...regexp,
    get(this: CucumberExpression) {
      build(this);
      return regexp.get?.call(this);
    },
  });
}
