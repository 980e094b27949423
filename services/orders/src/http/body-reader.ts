import { type FieldFault, HttpError, invalid } from './http-error';
import { isUuid } from './identifiers';

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

interface TextLimits {
  max: number;
}

interface IntegerLimits {
  min: number;
  max: number;
}

/**
 * Reads the fields of a JSON object and gathers what is wrong with them, so that a client sees all faults at once.
 * A faulty read returns a placeholder: nothing read counts before `assertValid()` has passed.
 */
export class BodyReader {
  readonly #fields: Record<string, unknown>;
  readonly #path: string;
  readonly #faults: FieldFault[];

  /** @throws HttpError 400 when the body is not a JSON object. */
  constructor(body: unknown, path = '', faults: FieldFault[] = []) {
    if (!isObject(body)) throw new HttpError(400, `${path || 'the body'} must be a JSON object`);
    this.#fields = body;
    this.#path = path;
    this.#faults = faults;
  }

  text(field: string, { max }: TextLimits): string {
    const value = this.#fields[field];
    if (value === undefined || value === null) return this.#fault(field, 'is required', '');
    if (typeof value !== 'string') return this.#fault(field, 'must be a text', '');
    if (value.trim() === '') return this.#fault(field, 'must not be empty', '');
    if (value.length > max) return this.#fault(field, `must have at most ${max} characters`, '');
    // PostgreSQL cannot store it in a text.
    if (value.includes('\0')) return this.#fault(field, 'must not contain a NUL character', '');
    return value;
  }

  email(field: string): string {
    const value = this.text(field, { max: 254 });
    if (value === '' || EMAIL.test(value)) return value;
    return this.#fault(field, 'must be an e-mail address', '');
  }

  uuid(field: string): string {
    const value = this.text(field, { max: 100 });
    if (value === '' || isUuid(value)) return value.toLowerCase();
    return this.#fault(field, 'must be a UUID', '');
  }

  integer(field: string, { min, max }: IntegerLimits): number {
    const value = this.#fields[field];
    if (value === undefined || value === null) return this.#fault(field, 'is required', min);
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.#fault(field, `must be an integer from ${min} to ${max}`, min);
  }

  /** A non-empty array of objects, each read by `read`. */
  list<T>(field: string, max: number, read: (entry: BodyReader) => T): T[] {
    const value = this.#fields[field];
    if (value === undefined || value === null) return this.#fault(field, 'is required', []);
    if (!Array.isArray(value)) return this.#fault(field, 'must be an array', []);
    if (value.length === 0) return this.#fault(field, 'must not be empty', []);
    if (value.length > max) return this.#fault(field, `must have at most ${max} entries`, []);
    return value.map((entry, index) => read(new BodyReader(entry, `${field}[${index}]`, this.#faults)));
  }

  /** Adds a fault that the reader cannot see by itself. */
  reject(field: string, problem: string): void {
    this.#fault(field, problem, undefined);
  }

  /** @throws HttpError 400 with one detail for each fault. */
  assertValid(): void {
    if (this.#faults.length > 0) throw invalid(this.#faults);
  }

  #fault<T>(field: string, problem: string, placeholder: T): T {
    this.#faults.push({ field: this.#path ? `${this.#path}.${field}` : field, problem });
    return placeholder;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
