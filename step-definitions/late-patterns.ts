import { dirname, join } from 'node:path';
import { CucumberExpression } from '@cucumber/cucumber-expressions';

/** What {@link buildPatternsLate} reaches into; see the library's `CucumberExpression.ts`. */
interface Internals {
  readonly source: string;
  ast: ExpressionNode;
  treeRegexp: { constructor: new (pattern: string) => Internals['treeRegexp'] };
  rewriteExpression(node: ExpressionNode): string;
}

type ExpressionNode = CucumberExpression['ast'];

interface Parser {
  parse(expression: string): ExpressionNode;
}

/** Expressions of Brine's own libraries: its tests have shown that they are right. */
const known = new Set<string>();

/** Has an expression be parsed when it is first matched, so that a fault in it is found no earlier. */
export function parseLate(expression: string): void {
  known.add(expression);
}

/**
 * Most of the 900 definitions are asked about no step of a run. To parse the expression of each takes 0.05 ms, in each of a run's threads, and
 * to build its pattern 0.06 ms. Patterns are built when an expression is first matched, now. Whether an expression of a project is right is
 * found out as early as ever; in the thread of a lane, which gets its definitions as the main thread has found them to be right, all are
 * parsed late.
 * @param isLane whether this is the thread of a lane
 */
export function buildPatternsLate(isLane: boolean): void {
  const prototype = CucumberExpression.prototype as unknown as Internals;
  const { match } = CucumberExpression.prototype;
  const { rewriteExpression } = prototype;
  const regexp = Object.getOwnPropertyDescriptor(CucumberExpression.prototype, 'regexp');
  const parser = parserOfLibrary();
  if (rewriteExpression === undefined || regexp?.get === undefined || parser === undefined) return; // another version: as it was
  const { parse } = parser;
  const unread = parse('');
  parser.parse = (expression) => (isLane || known.has(expression) ? unread : parse(expression));
  const patterns = new WeakMap<object, () => string>();
  const build = (expression: CucumberExpression) => {
    const pattern = patterns.get(expression);
    if (pattern === undefined) return;
    const internals = expression as unknown as Internals;
    internals.treeRegexp = new internals.treeRegexp.constructor(pattern());
    patterns.delete(expression);
  };
  prototype.rewriteExpression = function (this: Internals, node) {
    const pattern = node === unread ? undefined : rewriteExpression.call(this, node);
    patterns.set(this, () => {
      if (pattern !== undefined) return pattern;
      this.ast = parse(this.source);
      return rewriteExpression.call(this, this.ast);
    });
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

/** The library does not export it. @returns nothing in a version that has none there */
function parserOfLibrary(): Parser | undefined {
  const directory = dirname(require.resolve('@cucumber/cucumber-expressions'));
  try {
    return require(join(directory, 'CucumberExpressionParser.js')).default.prototype;
  } catch {
    return undefined;
  }
}
