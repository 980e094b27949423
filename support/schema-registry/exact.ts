import { ExactDecimal, type Json, readNumber } from '../matching';

/** An integer as JSON values without loss have it: a number where that is exact. */
export function integerJson(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The integer that a JSON number is, or undefined when it is none. */
export function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return undefined;
}

const floatWords: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** A double; what JSON has no number for is text: `NaN`, `Infinity`, `-Infinity`. */
export function doubleJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A float with the fewest digits that mean it: 0.1, not 0.10000000149011612. */
export function floatJson(value: number): number | string {
  if (!Number.isFinite(value)) return String(value);
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

/** The double nearest to a JSON number, or to one of the words; undefined when it is neither. */
export function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'string') return floatWords.get(value);
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' || value instanceof ExactDecimal ? Number(String(value)) : undefined;
}

/** Bytes in the notation of the features: `0x0aff`. */
export function bytesJson(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}

/** The bytes of such a text, or undefined. */
export function bytesOf(value: unknown): Buffer | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value !== 'string' || !/^0x(?:[\da-f]{2})*$/i.test(value)) return undefined;
  return Buffer.from(value.slice(2), 'hex');
}

const decimalPattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,4}))?$/i;

/** `unscaled * 10^-scale` as a number without loss. */
export function decimalJson(unscaled: bigint, scale: number): Json {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const at = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, at)}.${digits.slice(at)}`;
  return readNumber(unscaled < 0n ? `-${text}` : text);
}

/** The unscaled value of a JSON number or of text that is one; undefined when it is none, or has more digits than the scale. */
export function unscaledOf(value: unknown, scale: number): bigint | undefined {
  const text = typeof value === 'string' || doubleOf(value) !== undefined ? String(value) : '';
  const [, sign, whole = '', part = '', exponent = '0'] = decimalPattern.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const shift = scale - part.length + Number(exponent);
  const digits = BigInt(whole + part);
  const divisor = 10n ** BigInt(Math.max(0, -shift));
  if (digits % divisor !== 0n) return undefined;
  const unscaled = (digits * 10n ** BigInt(Math.max(0, shift))) / divisor;
  return sign === '-' ? -unscaled : unscaled;
}
