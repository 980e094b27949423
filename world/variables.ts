import { randomUUID } from 'node:crypto';
import {
  interpolate,
  interpolateCell,
  interpolateExpected,
  interpolateJson,
  type Json,
  parseJson,
  resolveVariable,
  type Scope,
} from '../support/matching';

/** The variables of one scenario: set by steps, captured by markers, written `${name}` wherever text is taken. */
export class Variables {
  private readonly values = new Map<string, unknown>();
  private readonly scope: Scope;

  /** Clock and chance are passed in; the machine's own unless told. */
  constructor({
    now = () => new Date(),
    uuid = randomUUID,
    ...more
  }: Partial<Omit<Scope, 'variables'>> = {}) {
    this.scope = { variables: this.values, now, uuid, ...more };
  }

  /** @throws BrineError with the nearest names when it has no value */
  get(name: string): unknown {
    return resolveVariable(name, this.scope, 'this step');
  }

  set(name: string, value: unknown): void {
    this.values.set(name, value);
  }

  /** Runs with a variable that has this value only meanwhile. */
  during<T>(name: string, value: unknown, body: () => T): T {
    const before = this.values.get(name);
    const isKnown = this.values.has(name);
    this.values.set(name, value);
    try {
      return body();
    } finally {
      if (isKnown) this.values.set(name, before);
      else this.values.delete(name);
    }
  }

  /** Takes over what a match has captured. */
  capture(captured: ReadonlyMap<string, unknown>): void {
    for (const [name, value] of captured) this.values.set(name, value);
  }

  /** What markers such as `#uuid as orderId` compare with. */
  get captured(): ReadonlyMap<string, unknown> {
    return this.values;
  }

  /**
   * Text with its `${...}` filled.
   * @param place what the text is, for errors
   */
  text(text: string, place: string): string {
    return interpolate(text, this.scope, place);
  }

  /** JSON of a step's text, to be sent: `${...}` filled, values keeping their types. */
  json(text: string, place: string): Json {
    return interpolateJson(parseJson(text, place), this.scope, place);
  }

  /** JSON of a step's text, to be compared with: as {@link json}, and values of variables are no markers. */
  expected(text: string, place: string): Json {
    return interpolateExpected(parseJson(text, place), this.scope, place);
  }

  /** A table's cell, to be compared with. */
  cell(text: string, place: string): string {
    return interpolateCell(text, this.scope, place);
  }
}
