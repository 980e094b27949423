import { BrineError, nearest } from '../errors';
import { asFields, escaped, type Fields, readDocument, valueAt } from './openapi-file';
import { literalParts } from './path-template';
import { type ContractFault, partValidator } from './schema-validator';

/** A request, as a document of OpenAPI sees it. */
export interface DescribedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON, where it is JSON; undefined when there is none. */
  readonly body: unknown;
}

/** A response, as a document of OpenAPI sees it. */
export interface DescribedResponse {
  readonly method: string;
  /** With or without its query. */
  readonly path: string;
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON, where it is JSON; undefined when there is none. */
  readonly body: unknown;
}

/** A value in a document, and the JSON pointer to it. */
interface Place {
  readonly value: Fields;
  readonly pointer: string;
}

/** A document of OpenAPI 3.0 or 3.1. */
export class OpenApiDocument {
  private constructor(
    private readonly document: Fields,
    private readonly file: string,
  ) {}

  /**
   * Reads a document from a file, JSON or YAML, and the files that it refers to.
   * @throws BrineError BRINE_STEP_002 when it cannot be read, or is none
   */
  static async read(file: string): Promise<OpenApiDocument> {
    const document = await readDocument(file);
    const version = String(document.openapi);
    if (!/^3\.[01]\./.test(version) || Object.keys(asFields(document.paths)).length === 0)
      throw wrong(
        file,
        'it is no document of OpenAPI 3.0 or 3.1',
        'it must have "openapi": "3.1.0" and "paths"',
      );
    return new OpenApiDocument(version.startsWith('3.0') ? asFields(as31(document)) : document, file);
  }

  /**
   * What of a response is not as its operation says: its content type, headers and body.
   * @throws BrineError BRINE_STEP_002 for a path, method or status that the document does not have, with the nearest
   */
  async faults(response: DescribedResponse): Promise<ContractFault[]> {
    const described = this.responseOf(response);
    const headers = await this.headerFaults(described, response);
    return [...headers, ...(await this.bodyFaults(described, response, 'response'))];
  }

  /**
   * What of a request is not as its operation says: parameters in the path, the query and the headers, content type and body.
   * @throws BrineError BRINE_STEP_002 for a path or method that the document does not have, with the nearest
   */
  async requestFaults(request: DescribedRequest): Promise<ContractFault[]> {
    const { item, operation, template } = this.found(request.method, request.path);
    const faults: ContractFault[] = [];
    for (const parameter of this.parametersOf(item, operation))
      faults.push(...(await this.parameterFaults(parameter, request, template)));
    return [...faults, ...(await this.requestBodyFaults(operation, request))];
  }

  /** Those of the operation go before those of its path. */
  private parametersOf(item: Place, operation: Place): Place[] {
    const all = new Map<string, Place>();
    for (const { value, pointer } of [item, operation]) {
      const list = Array.isArray(value.parameters) ? value.parameters : [];
      for (const index of list.keys()) {
        const place = { value: asFields(list[index]), pointer: `${pointer}/parameters/${index}` };
        const parameter = this.resolved(place);
        all.set(`${parameter.value.in} ${parameter.value.name}`, parameter);
      }
    }
    return [...all.values()];
  }

  private async parameterFaults(
    { value, pointer }: Place,
    request: DescribedRequest,
    template: string,
  ): Promise<ContractFault[]> {
    const name = String(value.name);
    const path = `${value.in} parameter "${name}"`;
    const given = this.given(String(value.in), name, request, template);
    if (given === undefined) return [];
    if (given.length === 0)
      return value.required === true
        ? [{ path, reason: 'is required, but it is missing', actual: undefined }]
        : [];
    if (value.schema === undefined) return [];
    const validate = await partValidator(this.document, `${pointer}/schema`, `${path} in ${this.file}`);
    const found = readingsOf(given).map(validate);
    if (found.some((faults) => faults.length === 0)) return [];
    return (found[0] ?? []).map(({ reason }) => ({ path, reason, actual: given.join(',') }));
  }

  /** The texts of a parameter; undefined where it is looked for nowhere (cookies). */
  private given(where: string, name: string, { path, headers }: DescribedRequest, template: string) {
    if (where === 'query') return new URL(path, 'http://x').searchParams.getAll(name);
    if (where === 'header') {
      const header = headers[name.toLowerCase()];
      return header === undefined ? [] : [header];
    }
    if (where !== 'path') return undefined;
    const names = [...template.matchAll(/\{([^}]*)\}/g)].map(([, one]) => one);
    const pattern = patternOf(template);
    const found = this.candidates(path.replace(/[?#].*$/s, '')).map((one) => pattern.exec(one));
    const part = found.find((one) => one !== null)?.[names.indexOf(name) + 1];
    return part === undefined ? [] : [decodeURIComponent(part)];
  }

  private async requestBodyFaults(operation: Place, request: DescribedRequest): Promise<ContractFault[]> {
    const described = this.at(operation, 'requestBody');
    if (request.body === undefined) {
      const reason = 'is required, but the request has no body';
      return described.value.required === true ? [{ path: '$', reason, actual: undefined }] : [];
    }
    return this.bodyFaults(described, request, 'request');
  }

  private responseOf({ method, path, status }: DescribedResponse): Place {
    const operation = this.operationOf(method, path);
    const responses = this.at(operation, 'responses');
    const known = Object.keys(responses.value);
    const key = [String(status), `${Math.floor(status / 100)}XX`, 'default'].find((name) =>
      known.some((one) => one.toUpperCase() === name.toUpperCase()),
    );
    const found = known.find((name) => name.toUpperCase() === key?.toUpperCase());
    if (found !== undefined) return this.at(responses, found);
    throw wrong(
      this.file,
      `${method} ${path} has no response ${status} there`,
      `it has: ${known.join(', ')}`,
    );
  }

  private operationOf(method: string, path: string): Place {
    return this.found(method, path).operation;
  }

  private found(method: string, path: string) {
    const template = this.templateOf(path);
    const item = this.at({ value: asFields(this.document.paths), pointer: '/paths' }, template);
    if (item.value[method.toLowerCase()] !== undefined) {
      return { template, item, operation: this.at(item, method.toLowerCase()) };
    }
    const methods = Object.keys(item.value).filter((name) =>
      /^(get|put|post|delete|options|head|patch|trace)$/.test(name),
    );
    throw wrong(
      this.file,
      `"${template}" has no ${method} there`,
      `it has: ${methods.join(', ').toUpperCase()}`,
    );
  }

  /** A path without parameters goes before one with them. */
  private templateOf(path: string): string {
    const plain = path.replace(/[?#].*$/s, '');
    const templates = Object.keys(asFields(this.document.paths));
    const fitting = templates.filter((template) =>
      this.candidates(plain).some((one) => patternOf(template).test(one)),
    );
    const [best] = fitting.sort((a, b) => a.split('{').length - b.split('{').length);
    if (best !== undefined) return best;
    const [near = templates[0]] = nearest(plain, templates);
    throw wrong(this.file, `it has no path for "${plain}"`, `the nearest is "${near}"`);
  }

  /** The path itself, and what is left of it behind the path of a server. */
  private candidates(path: string): string[] {
    const servers = Array.isArray(this.document.servers) ? this.document.servers : [];
    const bases = servers.map((server) => basePath(String(asFields(server).url ?? '')));
    const behind = bases.filter((base) => base !== '' && path.startsWith(`${base}/`));
    return [path, ...behind.map((base) => path.slice(base.length))];
  }

  private async headerFaults(described: Place, { headers }: DescribedResponse): Promise<ContractFault[]> {
    const declared = this.at(described, 'headers');
    const faults: ContractFault[] = [];
    for (const name of Object.keys(declared.value)) {
      const header = this.at(declared, name);
      const actual = headers[name.toLowerCase()];
      const path = `header "${name}"`;
      if (actual === undefined && header.value.required === true)
        faults.push({ path, reason: 'is required, but it is missing', actual });
      if (actual === undefined || header.value.schema === undefined) continue;
      const validate = await partValidator(
        this.document,
        `${header.pointer}/schema`,
        `${path} in ${this.file}`,
      );
      const readings = [actual, ...jsonOf(actual)].map(validate);
      if (readings.every((found) => found.length > 0))
        faults.push(...(readings[0] ?? []).map(({ reason }) => ({ path, reason, actual })));
    }
    return faults;
  }

  private async bodyFaults(
    described: Place,
    response: DescribedRequest,
    what: 'request' | 'response',
  ): Promise<ContractFault[]> {
    const content = this.at(described, 'content');
    const types = Object.keys(content.value);
    if (types.length === 0) {
      if (response.body === undefined) return [];
      return [
        {
          path: '$',
          reason: `should not be there: the ${what} is described without a body`,
          actual: response.body,
        },
      ];
    }
    if (response.method === 'HEAD') return [];
    const type = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    const fitting = types.find((range) => fits(type, range.toLowerCase()));
    if (fitting === undefined) {
      const reason = `must be ${types.join(' or ')}`;
      return [{ path: 'header "content-type"', reason, actual: response.headers['content-type'] }];
    }
    const media = this.at(content, fitting);
    if (media.value.schema === undefined) return [];
    const place = `the body of ${response.method} ${response.path} in ${this.file}`;
    const validate = await partValidator(this.document, `${media.pointer}/schema`, place);
    return validate(response.body);
  }

  /** A field of a place, with what it refers to; empty when it is not there. */
  private at({ value, pointer }: Place, name: string): Place {
    const found = { value: asFields(value[name]), pointer: `${pointer}/${escaped(name)}` };
    return this.resolved(found);
  }

  private resolved(place: Place): Place {
    const { $ref: reference } = place.value;
    if (typeof reference !== 'string') return place;
    const value = valueAt(this.document, reference);
    if (typeof value !== 'object' || value === null)
      throw wrong(this.file, `it has nothing at "${reference}", to which it refers`, 'correct the reference');
    return this.resolved({ value: asFields(value), pointer: reference.slice(1) });
  }
}

/** In 3.0, schemas have two keywords that JSON Schema has otherwise: `nullable`, and bounds that are excluded by a boolean. */
function as31(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(as31);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, field]) => [
    name,
    name === 'example' ? field : as31(field),
  ]);
  return withBounds(withNull(Object.fromEntries(entries)));
}

function withNull(schema: Record<string, unknown>): Record<string, unknown> {
  const { nullable, ...others } = schema;
  if (nullable !== true || typeof schema.type !== 'string') return schema;
  const allowed = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
  return { ...others, ...allowed, type: [schema.type, 'null'] };
}

function withBounds(schema: Record<string, unknown>): Record<string, unknown> {
  const changed = { ...schema };
  for (const [bound, excluded] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const) {
    if (typeof schema[excluded] !== 'boolean') continue;
    delete changed[excluded];
    if (schema[excluded] === true) {
      changed[excluded] = schema[bound];
      delete changed[bound];
    }
  }
  return changed;
}

/** What a text may mean where a schema says its type: itself, a number or the like, a list. */
function readingsOf(given: readonly string[]): unknown[] {
  const [first = ''] = given;
  const list = given.length > 1 ? given : first.split(',');
  const one = given.length > 1 ? [] : [first, ...jsonOf(first)];
  return [...one, list, list.map((item) => jsonOf(item)[0] ?? item)];
}

/** Each part in braces is a group. */
function patternOf(template: string): RegExp {
  return new RegExp(`^${literalParts(template).join('([^/]+)')}$`);
}

function basePath(url: string): string {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '');
  return path.replace(/\/$/, '');
}

function fits(type: string, range: string): boolean {
  const plain = range.split(';')[0]?.trim() ?? '';
  return plain === '*/*' || plain === type || (plain.endsWith('/*') && type.startsWith(plain.slice(0, -1)));
}

function jsonOf(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    return [];
  }
}

function wrong(file: string, reason: string, advice: string): BrineError {
  return new BrineError('BRINE_STEP_002', { place: `the OpenAPI document "${file}"`, reason, advice });
}
