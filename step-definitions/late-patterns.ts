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

/**
 * Most of the 900 definitions are asked about no step of a run, and the pattern of each takes 0.06 ms to build in each of its threads.
 * It is built when an expression is first matched, now. Whether the expression is right is found out as early as ever; in the thread
 * of a lane, which gets its definitions as the main thread has found them to be right, an expression is even parsed late (0.05 ms).
 * @param isLane whether this is the thread of a lane
 */
export function buildPatternsLate(isLane: boolean): void {
  const prototype = CucumberExpression.prototype as unknown as Internals;
  const { match } = CucumberExpression.prototype;
  const { rewriteExpression } = prototype;
  const regexp = Object.getOwnPropertyDescriptor(CucumberExpression.prototype, 'regexp');
  if (rewriteExpression === undefined || regexp?.get === undefined) return; // another version: as it was
  const parse = isLane ? parseLate() : undefined;
  const patterns = new WeakMap<object, () => string>();
  const build = (expression: CucumberExpression) => {
    const pattern = patterns.get(expression);
    if (pattern === undefined) return;
    const internals = expression as unknown as Internals;
    internals.treeRegexp = new internals.treeRegexp.constructor(pattern());
    patterns.delete(expression);
  };
  prototype.rewriteExpression = function (this: Internals, node) {
    if (parse === undefined) {
      const pattern = rewriteExpression.call(this, node);
      patterns.set(this, () => pattern);
    } else {
      patterns.set(this, () => {
        this.ast = parse(this.source);
        return rewriteExpression.call(this, this.ast);
      });
    }
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

/**
 * Has the library take every expression for one without parts.
 * @returns what parses them
 */
function parseLate(): Parser['parse'] | undefined {
  const parser = parserOfLibrary();
  if (parser === undefined) return undefined;
  const { parse } = parser;
  const empty = parse('');
  parser.parse = () => empty;
  return (expression) => parse(expression);
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
