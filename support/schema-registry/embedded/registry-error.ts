/** What Confluent's registry answers; https://docs.confluent.io/platform/current/schema-registry/develop/api.html#errors */
const errors = {
  notFound: [404, 404, 'HTTP 404 Not Found'],
  methodNotAllowed: [405, 405, 'HTTP 405 Method Not Allowed'],
  unknownSubject: [404, 40401, "Subject '{name}' not found."],
  unknownVersion: [404, 40402, 'Version {name} not found.'],
  unknownSchema: [404, 40403, 'Schema not found'],
  unknownId: [404, 40403, 'Schema {name} not found'],
  deletedSubject: [404, 40404, "Subject '{name}' was soft deleted. Set permanent=true to delete permanently"],
  notDeletedSubject: [404, 40405, "Subject '{name}' was not deleted first before being permanently deleted"],
  noSubjectConfig: [404, 40408, "Subject '{name}' does not have subject-level compatibility configured"],
  noSubjectMode: [404, 40409, "Subject '{name}' does not have subject-level mode configured"],
  incompatible: [
    409,
    409,
    'Schema being registered is incompatible with an earlier schema for subject "{name}", details: [{details}]',
  ],
  invalidBody: [422, 422, '{name}'],
  invalidSchema: [422, 42201, 'Invalid schema: {name}'],
  invalidVersion: [
    422,
    42202,
    'The specified version \'{name}\' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"',
  ],
  invalidLevel: [
    422,
    42203,
    'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive',
  ],
  invalidMode: [
    422,
    42204,
    'Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, and IMPORT',
  ],
  readOnly: [422, 42205, 'Subject {name} is in read-only mode'],
  referenced: [422, 42206, 'One or more references exist to the schema {name}'],
  notImplemented: [501, 501, '{name}'],
} as const satisfies Readonly<Record<string, readonly [status: number, code: number, message: string]>>;

export type RegistryErrorKind = keyof typeof errors;

/** An answer other than 200. */
export class RegistryError extends Error {
  readonly status: number;
  readonly errorCode: number;

  constructor(kind: RegistryErrorKind, name: string | number = '', details = '') {
    const [status, code, message] = errors[kind];
    super(message.replace('{name}', () => String(name)).replace('{details}', () => details));
    this.status = status;
    this.errorCode = code;
  }
}
