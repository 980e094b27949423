import { type ErrorCode, errorCodes } from './codes';

/** What fills the `{name}` places of an error's texts. Missing ones are shown as they stand. */
export type ErrorParameters = Readonly<Record<string, string | number>>;

/**
 * An error that a user of Brine can act upon: a stable code, what is wrong, and what to do next.
 * The cause, where there is one, is kept.
 */
export class BrineError extends Error {
  readonly code: ErrorCode;
  readonly parameters: ErrorParameters;
  /** What the user may do about it; '' when there is nothing to say. */
  readonly next: string;

  constructor(code: ErrorCode, parameters: ErrorParameters = {}, options?: ErrorOptions) {
    const next = fill(errorCodes[code].next, parameters).trim();
    const message = fill(errorCodes[code].message, parameters);
    super(`${message}${next === '' ? '' : `\n  -> ${next}`}  [${code}]`, options);
    this.name = 'BrineError';
    this.code = code;
    this.parameters = parameters;
    this.next = next;
  }
}

/** The text with each `{name}` replaced by its parameter. */
function fill(template: string, parameters: ErrorParameters): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) => String(parameters[name] ?? place));
}

/** The message of anything that was thrown. Never throws. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.message === '') {
    const messages = thrown.errors.map(messageOf);
    return messages.join(messages.some((message) => message.includes('\n')) ? '\n' : '; ');
  }
  if (thrown instanceof Error) return thrown.message;
  try {
    return String(thrown);
  } catch {
    return 'an error that cannot be shown';
  }
}
