import { QueryFailedError } from 'typeorm';

/** Connection lost or refused, shutting down or starting up, too many connections. */
const UNAVAILABLE = /^(08...|57P0[1-5]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT)$/;
/** What pg throws without a code when a connection is lost or cannot be had in time. */
const UNAVAILABLE_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Driver not Connected|Query runner already released/;

/** Whether the database could not be reached, as opposed to having refused the statement. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return UNAVAILABLE.test(codeOf(error) ?? '') || UNAVAILABLE_TEXT.test(error.message);
}

function codeOf(error: Error): string | undefined {
  const source: object = error instanceof QueryFailedError ? error.driverError : error;
  return (source as { code?: string }).code;
}
