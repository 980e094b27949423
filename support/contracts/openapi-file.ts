import { readFileSync } from 'node:fs';
import { dirname, extname, relative, resolve } from 'node:path';
import { BrineError, messageOf, nearest } from '../errors';

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

/** What holds values of the user's, where `$ref` is a name like any other ... */
const literals: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'const', 'enum']);

/** ... unless it is itself a name, in one of these: `responses` may have a `default`, an object a property `example`. */
const namings =
  /^(\$defs|definitions|properties|patternProperties|dependentSchemas|responses|schemas|parameters|headers|requestBodies|callbacks|pathItems|links)$/;

class Bundle {
  /** The place of each file that was met, by its path. */
  private readonly places = new Map<string, string>();
  private readonly contents = new Map<string, unknown>();
  private readonly files: unknown[] = [];

  constructor(private readonly main: string) {}

  async read(): Promise<Fields> {
    const main = resolve(this.main);
    this.places.set(main, '');
    const content = await parsed(main, this.main);
    this.contents.set(main, content);
    const document = asFields(await this.bundled(content, main));
    const whole = this.files.length === 0 ? document : { ...document, [filesField]: this.files };
    refuseCircles(whole, this.main);
    return whole;
  }

  /** @param within the name of the field that holds the value; undefined for a whole file, whose fields may be names, too */
  private async bundled(value: unknown, file: string, within?: string): Promise<unknown> {
    if (Array.isArray(value)) return Promise.all(value.map((item) => this.bundled(item, file, '')));
    if (typeof value !== 'object' || value === null) return value;
    const holdsNames = within === undefined || namings.test(within);
    const fields: [string, unknown][] = [];
    for (const [name, field] of Object.entries(value)) {
      if (name === '$ref' && typeof field === 'string') fields.push([name, await this.within(field, file)]);
      else if (literals.has(name) && !holdsNames) fields.push([name, field]);
      else if (!this.isForeignAnchor(name, field, file))
        fields.push([name, await this.bundled(field, file, holdsNames && within !== undefined ? '' : name)]);
    }
    return Object.fromEntries(fields);
  }

  /** Anchors of two files may have one name; what refers to them is found by its place. */
  private isForeignAnchor(name: string, field: unknown, file: string): boolean {
    return name === '$anchor' && typeof field === 'string' && file !== resolve(this.main);
  }

  /** The reference as one within the whole. */
  private async within(reference: string, file: string): Promise<string> {
    const [path = '', fragment = ''] = reference.split('#', 2);
    if (/^[a-z][a-z\d+.-]+:/i.test(path))
      throw this.broken(
        file,
        reference,
        'only files are read, by relative paths; keep a copy of it beside the document',
      );
    if (path === '' && file === resolve(this.main)) return reference;
    const target = path === '' ? file : resolve(dirname(file), this.decoded(path, file, reference));
    const place = await this.placeOf(target, file, reference);
    return `#${place}${this.pointerTo(fragment, target, file, reference)}`;
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
    this.contents.set(target, document);
    const { $id: _name, ...fields } = asFields(document); // what it refers to is found by its place
    this.files[index] = await this.bundled(fields, target);
    return place;
  }

  /** The JSON pointer that a fragment means: it is one, or the name of an anchor. */
  private pointerTo(fragment: string, target: string, file: string, reference: string): string {
    const content = this.contents.get(target);
    if (fragment !== '' && !fragment.startsWith('/')) {
      const anchored = pointerToAnchor(content, fragment);
      if (anchored !== undefined) return anchored;
      throw this.broken(file, reference, `${this.short(target)} has no "$anchor": "${fragment}"`);
    }
    let value = content;
    for (const part of fragment.split('/').slice(1)) {
      if (typeof asFields(value).$ref === 'string') break; // what it refers to has the rest
      const name = this.decoded(part, file, reference).replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
        throw this.broken(
          file,
          reference,
          `${this.short(target)} has no "${name}" there${nearestOf(name, value)}`,
        );
      value = Object(value)[name];
    }
    return fragment;
  }

  private decoded(text: string, file: string, reference: string): string {
    try {
      return decodeURIComponent(text);
    } catch (error) {
      throw this.broken(file, reference, `${messageOf(error)} (a "%" in a name is written "%25")`, error);
    }
  }

  private short(file: string): string {
    return relative(dirname(resolve(this.main)), file);
  }

  private broken(file: string, reference: string, reason: string, cause?: unknown): BrineError {
    const from = resolve(this.main) === file ? '' : ` in ${this.short(file)}`;
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

function nearestOf(name: string, value: unknown): string {
  const names = Object.keys(asFields(value));
  const [near] = nearest(name, names);
  if (near !== undefined) return ` (did you mean "${near}"?)`;
  return names.length === 0 ? '' : `; it has: ${names.slice(0, 10).join(', ')}`;
}

function pointerToAnchor(value: unknown, anchor: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value) && Object(value).$anchor === anchor) return '';
  for (const [name, field] of Object.entries(value)) {
    const found = pointerToAnchor(field, anchor);
    if (found !== undefined) return `/${escaped(name)}${found}`;
  }
  return undefined;
}

/** References that lead only to each other say nothing, and following them would not end. */
function refuseCircles(document: Fields, file: string): void {
  const follow = (value: unknown, seen: readonly string[]): void => {
    const reference = asFields(value).$ref;
    if (typeof reference !== 'string' || !reference.startsWith('#/')) return;
    if (seen.includes(reference)) throw circle(file, [...seen.slice(seen.indexOf(reference)), reference]);
    follow(valueAt(document, reference), [...seen, reference]);
  };
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    follow(value, []);
    for (const field of Object.values(value)) walk(field);
  };
  walk(document);
}

function circle(file: string, references: readonly string[]): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `the OpenAPI document "${file}"`,
    reason: `its references lead only to each other: ${references.join(' -> ')}`,
    advice: 'one of them must lead to what is meant',
  });
}

/** What a reference within a document (`#/components/schemas/Order`) leads to; undefined when there is nothing. */
export function valueAt(document: Fields, reference: string): unknown {
  const names = reference
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>((within, name) => {
    const holder = Object(within);
    return Object.hasOwn(holder, name) ? holder[name] : undefined;
  }, document);
}

/** A name as a part of a JSON pointer in a URI. */
export function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
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
