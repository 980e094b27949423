/** What one field of a request has wrong. */
export interface FieldFault {
  field: string;
  problem: string;
}

/** A request that cannot be served, as the client will see it: status, `error` text, optional `details`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';

  constructor(
    readonly statusCode: number,
    message: string,
    readonly details?: FieldFault[],
  ) {
    super(message);
  }
}

export function invalid(faults: FieldFault[]): HttpError {
  return new HttpError(400, faults.map(({ field, problem }) => `${field} ${problem}`).join('; '), faults);
}

export function notFound(what: string, id: string): HttpError {
  return new HttpError(404, `${what} ${id} does not exist`);
}

export function conflict(message: string): HttpError {
  return new HttpError(409, message);
}
