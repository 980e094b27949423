import { QueryFailedError } from 'typeorm';

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
/** Connection lost or refused, shutting down or starting up, too many connections. */
const UNAVAILABLE = /^(08...|57P0[1-5]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT)$/;
/** What pg throws without a code when a connection is lost or cannot be had in time. */
const UNAVAILABLE_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Driver not Connected|Query runner already released/;

export function isUniqueViolation(error: unknown, constraint: string): boolean {
  return codeOf(error) === UNIQUE_VIOLATION && constraintOf(error) === constraint;
}

export function isForeignKeyViolation(error: unknown, constraint: string): boolean {
  return codeOf(error) === FOREIGN_KEY_VIOLATION && constraintOf(error) === constraint;
}

/** Whether the database could not be reached, as opposed to having refused the statement. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return UNAVAILABLE.test(codeOf(error) ?? '') || UNAVAILABLE_TEXT.test(error.message);
}

function codeOf(error: unknown): string | undefined {
  return (driverError(error) as { code?: string }).code;
}

function constraintOf(error: unknown): string | undefined {
  return (driverError(error) as { constraint?: string }).constraint;
}

function driverError(error: unknown): object {
  if (error instanceof QueryFailedError) return error.driverError;
  return error instanceof Error ? error : {};
}
