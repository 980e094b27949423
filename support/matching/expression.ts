import { sameValue } from './equality';
import { compareNumbers, isNumeric, type Numeric, readNumber } from './numbers';
import { renderValue } from './render-value';

/*
 * The language of predicates (`#? _ > 0 && _ < 10`): a small part of JavaScript's expressions, read and evaluated here.
 * It has no assignment, no calls but those listed, and sees own data properties only, so it can do no harm.
 *
 *   or         = and { "||" and }
 *   and        = comparison { "&&" comparison }
 *   comparison = sum [ ("==" | "===" | "!=" | "!==" | "<" | "<=" | ">" | ">=") sum ]
 *   sum        = product { ("+" | "-") product }
 *   product    = unary { ("*" | "/" | "%") unary }
 *   unary      = [ "!" | "-" ] postfix
 *   postfix    = primary { "." name | "." method "(" [ or { "," or } ] ")" | "[" or "]" }
 *   primary    = "_" | number | 'text' | "text" | true | false | null | "(" or ")"
 *
 * `_` is the value at hand. `length` is known for texts and arrays. Methods: startsWith, endsWith, includes, indexOf, trim,
 * toLowerCase, toUpperCase, slice (texts); includes (arrays). `==` and `===` both compare by value and type, also whole
 * objects. `<` and the like compare two numbers or two texts, nothing else; `+` adds numbers or joins texts.
 */

/** A predicate's expression, ready to be evaluated. Throws ExpressionError when it does not fit the value. */
export type Expression = (value: unknown) => unknown;

/** Why an expression cannot be read or evaluated, in words for the tester. */
export class ExpressionError extends Error {}

const tokenPattern =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(===|!==|==|!=|<=|>=|&&|\|\||[<>+\-*/%!().,[\]]))/y;
const mostNesting = 100;

type Token = { readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end'; readonly text: string };
type Binary = (a: unknown, b: unknown) => unknown;

const comparisons = new Map<string, Binary>([
  ['==', (a, b) => sameValue(a, b)],
  ['===', (a, b) => sameValue(a, b)],
  ['!=', (a, b) => !sameValue(a, b)],
  ['!==', (a, b) => !sameValue(a, b)],
  ['<', (a, b) => order(a, b, '<') < 0],
  ['<=', (a, b) => order(a, b, '<=') <= 0],
  ['>', (a, b) => order(a, b, '>') > 0],
  ['>=', (a, b) => order(a, b, '>=') >= 0],
]);
const sums = new Map<string, Binary>([
  ['+', (a, b) => (typeof a === 'string' && typeof b === 'string' ? a + b : calculate(a, b, '+'))],
  ['-', (a, b) => calculate(a, b, '-')],
]);
const products = new Map<string, Binary>([
  ['*', (a, b) => calculate(a, b, '*')],
  ['/', (a, b) => calculate(a, b, '/')],
  ['%', (a, b) => calculate(a, b, '%')],
]);

const textMethods = new Map<string, (text: string, args: readonly unknown[]) => unknown>([
  ['startsWith', (text, [part]) => text.startsWith(asText(part))],
  ['endsWith', (text, [part]) => text.endsWith(asText(part))],
  ['includes', (text, [part]) => text.includes(asText(part))],
  ['indexOf', (text, [part]) => text.indexOf(asText(part))],
  ['trim', (text) => text.trim()],
  ['toLowerCase', (text) => text.toLowerCase()],
  ['toUpperCase', (text) => text.toUpperCase()],
  [
    'slice',
    (text, [from, to]) => text.slice(asNumber(from ?? 0), to === undefined ? undefined : asNumber(to)),
  ],
]);

/**
 * Reads an expression of the language above.
 * @throws ExpressionError when the text is none
 */
export function readExpression(text: string): Expression {
  const parser = new Parser(tokensOf(text));
  const expression = parser.or();
  parser.end();
  return expression;
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const kinds = ['number', 'text', 'name', 'sign'] as const;
  tokenPattern.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = tokenPattern.lastIndex) {
    tokenPattern.lastIndex = at;
    const found = tokenPattern.exec(text);
    if (found === null) throw new ExpressionError(`"${text.slice(at).trim().slice(0, 20)}" cannot be read`);
    const index = kinds.findIndex((_, kind) => found[kind + 1] !== undefined);
    tokens.push({ kind: kinds[index] ?? 'sign', text: found[index + 1] ?? '' });
  }
  return tokens;
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  or(): Expression {
    if (++this.depth > mostNesting) throw new ExpressionError('it is nested too deeply');
    let left = this.and();
    while (this.take('||')) left = either(left, this.and());
    this.depth--;
    return left;
  }

  end(): void {
    const { kind, text } = this.token();
    if (kind !== 'end') throw new ExpressionError(`"${text}" is not expected there`);
  }

  private and(): Expression {
    let left = this.comparison();
    while (this.take('&&')) left = both(left, this.comparison());
    return left;
  }

  private comparison(): Expression {
    const left = this.sum();
    const operator = this.operator(comparisons);
    if (operator === undefined) return left;
    const right = this.sum();
    if (this.operator(comparisons))
      throw new ExpressionError('comparisons cannot be chained: join them with &&');
    return (value) => operator(left(value), right(value));
  }

  private sum(): Expression {
    return this.chain(sums, () => this.chain(products, () => this.unary()));
  }

  private chain(operators: ReadonlyMap<string, Binary>, operand: () => Expression): Expression {
    let left = operand();
    for (let operator = this.operator(operators); operator; operator = this.operator(operators)) {
      left = combined(operator, left, operand());
    }
    return left;
  }

  private unary(): Expression {
    const sign = this.take('!') ? '!' : this.take('-') ? '-' : undefined;
    if (sign === undefined) return this.postfix();
    if (++this.depth > mostNesting) throw new ExpressionError('it is nested too deeply');
    const operand = this.unary();
    this.depth--;
    return sign === '!'
      ? (value) => !asBoolean(operand(value))
      : (value) => calculate(0, operand(value), '-');
  }

  private postfix(): Expression {
    let target = this.primary();
    for (;;) {
      if (this.take('.')) target = this.member(target);
      else if (this.take('[')) target = this.index(target);
      else return target;
    }
  }

  private member(target: Expression): Expression {
    const { kind, text: name } = this.next();
    if (kind !== 'name') throw new ExpressionError(`after the point a name is due, not "${name}"`);
    if (!this.take('(')) return (value) => property(target(value), name);
    const args = this.arguments();
    return (value) =>
      call(
        target(value),
        name,
        args.map((arg) => arg(value)),
      );
  }

  private arguments(): Expression[] {
    const args: Expression[] = [];
    if (this.take(')')) return args;
    do args.push(this.or());
    while (this.take(','));
    this.demand(')');
    return args;
  }

  private index(target: Expression): Expression {
    const name = this.or();
    this.demand(']');
    return (value) => property(target(value), String(name(value)));
  }

  private primary(): Expression {
    const { kind, text } = this.next();
    if (kind === 'number') return constant(readNumber(text));
    if (kind === 'text') return constant(text.slice(1, -1).replace(/\\(.)/g, '$1'));
    if (kind === 'sign' && text === '(') return this.inParentheses();
    if (text === '_') return (value) => value;
    if (text === 'true' || text === 'false') return constant(text === 'true');
    if (text === 'null') return constant(null);
    if (kind === 'end') throw new ExpressionError('it ends where a value is due');
    throw new ExpressionError(`"${text}" stands where a value is due (the value at hand is _)`);
  }

  private inParentheses(): Expression {
    const inner = this.or();
    this.demand(')');
    return inner;
  }

  private token(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: 'the end' };
  }

  private next(): Token {
    const token = this.token();
    this.at++;
    return token;
  }

  private take(sign: string): boolean {
    const { kind, text } = this.token();
    if (kind !== 'sign' || text !== sign) return false;
    this.at++;
    return true;
  }

  private demand(sign: string): void {
    if (!this.take(sign)) throw new ExpressionError(`"${sign}" is missing`);
  }

  private operator(operators: ReadonlyMap<string, Binary>): Binary | undefined {
    const { kind, text } = this.token();
    const operator = kind === 'sign' ? operators.get(text) : undefined;
    if (operator) this.at++;
    return operator;
  }
}

function constant(value: unknown): Expression {
  return () => value;
}

function combined(operator: Binary, left: Expression, right: Expression): Expression {
  return (value) => operator(left(value), right(value));
}

function either(left: Expression, right: Expression): Expression {
  return (value) => asBoolean(left(value)) || asBoolean(right(value));
}

function both(left: Expression, right: Expression): Expression {
  return (value) => asBoolean(left(value)) && asBoolean(right(value));
}

function order(a: unknown, b: unknown, sign: string): number {
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b);
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  throw new ExpressionError(`${show(a)} ${sign} ${show(b)} compares neither two numbers nor two texts`);
}

function calculate(a: unknown, b: unknown, sign: '+' | '-' | '*' | '/' | '%'): Numeric {
  if (!isNumeric(a) || !isNumeric(b))
    throw new ExpressionError(`${show(a)} ${sign} ${show(b)} needs two numbers`);
  const [x, y] = [exactInteger(a), exactInteger(b)];
  if (x !== undefined && y !== undefined && sign !== '/' && !(sign === '%' && y === 0n)) {
    return readNumber(String(arithmetic[sign](x, y)));
  }
  return floating[sign](Number(String(a)), Number(String(b)));
}

const arithmetic = {
  '+': (a: bigint, b: bigint) => a + b,
  '-': (a: bigint, b: bigint) => a - b,
  '*': (a: bigint, b: bigint) => a * b,
  '%': (a: bigint, b: bigint) => a % b,
};
const floating = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  '%': (a: number, b: number) => a % b,
};

function exactInteger(value: Numeric): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

function property(target: unknown, name: string): unknown {
  if (typeof target === 'string' && name === 'length') return target.length;
  if (typeof target !== 'object' || target === null) {
    throw new ExpressionError(`${show(target)} has no "${name}"`);
  }
  return Object.getOwnPropertyDescriptor(target, name)?.value;
}

function call(target: unknown, name: string, args: readonly unknown[]): unknown {
  const method = textMethods.get(name);
  if (typeof target === 'string' && method) return method(target, args);
  if (Array.isArray(target) && name === 'includes') return target.some((item) => sameValue(item, args[0]));
  throw new ExpressionError(`${show(target)} has no method "${name}"`);
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new ExpressionError(`${show(value)} is not a text`);
}

function asNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  throw new ExpressionError(`${show(value)} is not a number`);
}

function asBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExpressionError(`${show(value)} is neither true nor false`);
}

function show(value: unknown): string {
  return renderValue(value, { limit: 60 });
}
