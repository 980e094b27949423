import { readFileSync } from 'node:fs';
import { dirname, extname, relative, resolve } from 'node:path';
import { BrineError, messageOf } from '../errors';

/** Fields of a document, whatever they hold. */
export interface Fields {
  readonly [name: string]: unknown;
}

/** Files that a document refers to are kept in it under this name. */
const filesField = 'x-brine-files';

/**
 * A document from a file, JSON or YAML, with all files that it refers to (`$ref: 'schemas/book.yaml#/Book'`) in one: references
 * between files become references within it, so that circles are fine.
 * @throws BrineError BRINE_STEP_002 when a file cannot be read, naming the file that refers to it
 */
export async function readDocument(file: string): Promise<Fields> {
  return new Bundle(file).read();
}

class Bundle {
  /** The place of each file that was met, by its path. */
  private readonly places = new Map<string, string>();
  private readonly files: unknown[] = [];

  constructor(private readonly main: string) {}

  async read(): Promise<Fields> {
    const main = resolve(this.main);
    this.places.set(main, '');
    const document = asFields(await this.bundled(await parsed(main, this.main), main));
    return this.files.length === 0 ? document : { ...document, [filesField]: this.files };
  }

  private async bundled(value: unknown, file: string): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.bundled(item, file)));
    if (typeof value !== 'object' || value === null) return value;
    const fields: [string, unknown][] = [];
    for (const [name, field] of Object.entries(value)) {
      const isReference = name === '$ref' && typeof field === 'string';
      fields.push([name, isReference ? await this.within(field, file) : await this.bundled(field, file)]);
    }
    return Object.fromEntries(fields);
  }

  /** The reference as one within the whole. */
  private async within(reference: string, file: string): Promise<string> {
    const [path = '', pointer = ''] = reference.split('#', 2);
    if (/^[a-z][a-z\d+.-]+:/i.test(path)) throw this.broken(file, reference, 'only files are read');
    const place = await this.placeOf(
      path === '' ? file : resolve(dirname(file), decodeURIComponent(path)),
      file,
      reference,
    );
    return `#${place}${pointer}`;
  }

  private async placeOf(target: string, file: string, reference: string): Promise<string> {
    const known = this.places.get(target);
    if (known !== undefined) return known;
    const index = this.files.push(undefined) - 1;
    const place = `/${filesField}/${index}`;
    this.places.set(target, place);
    const document = await parsed(target, target).catch((error: unknown) => {
      throw this.broken(file, reference, messageOf(error instanceof BrineError ? error.cause : error), error);
    });
    const { $id: _name, ...fields } = asFields(document); // what it refers to is found by its place
    this.files[index] = await this.bundled(fields, target);
    return place;
  }

  private broken(file: string, reference: string, reason: string, cause?: unknown): BrineError {
    const from = resolve(this.main) === file ? '' : ` in ${relative(dirname(resolve(this.main)), file)}`;
    return new BrineError(
      'BRINE_STEP_002',
      {
        place: `the OpenAPI document "${this.main}"`,
        reason: `its reference "${reference}"${from} leads nowhere: ${reason}`,
        advice: 'paths are relative to the file that refers',
      },
      { cause },
    );
  }
}

async function parsed(path: string, called: string): Promise<unknown> {
  try {
    const text = readFileSync(path, 'utf8');
    if (extname(path) === '.json') return JSON.parse(text);
    const { parse } = await import('yaml');
    return parse(text);
  } catch (error) {
    throw new BrineError(
      'BRINE_STEP_002',
      {
        place: `the OpenAPI document "${called}"`,
        reason: messageOf(error),
        advice: 'it is JSON or YAML; paths are relative to the project',
      },
      { cause: error },
    );
  }
}

export function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
