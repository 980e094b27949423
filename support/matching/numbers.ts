/**
 * A number of a JSON text that neither a double nor a BigInt can hold, such as `0.12345678901234567890`.
 * Its digits are kept as they were written; `JSON.stringify` writes them back unchanged.
 */
export class ExactDecimal {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }

  toJSON(): unknown {
    return rawJson(this.text);
  }
}

/** What JSON calls a number: no value of it has lost a digit. */
export type Numeric = number | bigint | ExactDecimal;

/** A decimal without its notation: `sign * 0.digits * 10^magnitude`; zero has no digits. */
interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly magnitude: number;
}

const decimalPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;
const zero: Decimal = { sign: 0, digits: '', magnitude: 0 };

/** JSON that `JSON.stringify` copies as it stands (ES2025, not yet in TypeScript's library). */
export function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

/** The number that a JSON number text means, without loss: a double, a BigInt or an {@link ExactDecimal}. */
export function readNumber(text: string): Numeric {
  const value = Number(text);
  if (text.length <= 15 && Number.isFinite(value)) return value;
  if (/^[+-]?\d+$/.test(text)) return Number.isSafeInteger(value) ? value : BigInt(text.replace('+', ''));
  return Number.isFinite(value) && numberKey(text) === numberKey(value) ? value : new ExactDecimal(text);
}

/** Whether the value is a number of any representation; NaN and the infinities are not. */
export function isNumeric(value: unknown): value is Numeric {
  return typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value === 'bigint' || value instanceof ExactDecimal;
}

/**
 * A text that is the same for equal numbers and for no others, whatever their notation (`1.50`, `15e-1`).
 * @returns undefined when the value is no number and no text of one
 */
export function numberKey(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return keyOf(decimalOf(String(value)));
  const decimal = typeof value === 'string' || isNumeric(value) ? decimalOf(String(value)) : undefined;
  return decimal === undefined ? undefined : keyOf(decimal);
}

/** Exact comparison of two numbers, as for `sort`: negative, 0 or positive. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : Number(a > b);
  return compareDecimals(decimalOf(String(a)) ?? zero, decimalOf(String(b)) ?? zero);
}

function keyOf(decimal: Decimal | undefined): string | undefined {
  return decimal && `${decimal.sign < 0 ? '-' : ''}${decimal.digits}e${decimal.magnitude}`;
}

function decimalOf(text: string): Decimal | undefined {
  const found = decimalPattern.exec(text);
  const whole = found?.[2] ?? '';
  const all = whole + (found?.[3] ?? '');
  if (found === null || all === '') return undefined;
  const significant = all.replace(/^0+/, '');
  if (significant === '') return zero;
  const magnitude = whole.length - (all.length - significant.length) + Number(found[4] ?? 0);
  return { sign: found[1] === '-' ? -1 : 1, digits: withoutTrailingZeros(significant), magnitude };
}

/** A loop, since `/0+$/` takes quadratic time on long runs of zeros. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.magnitude !== b.magnitude) return a.sign * (a.magnitude - b.magnitude);
  if (a.digits === b.digits) return 0;
  return a.sign * (a.digits < b.digits ? -1 : 1);
}
