import { isFields } from '../../matching';

export type Keywords = Readonly<Record<string, unknown>>;

/** `$ref`s that cannot be followed, and the like: what is between two schemas is not known then. */
export class NotComparable extends Error {}

/** Where a name of a schema begins that has no URL of its own. */
const unnamed = 'schema:///';

/** A schema and those that it refers to by name, so that `$ref`s in them can be followed. */
export class SchemaDocuments {
  private readonly byUri = new Map<string, unknown>();
  private readonly bases = new WeakMap<object, string>();
  private readonly old = new WeakSet<object>();

  constructor(
    readonly root: unknown,
    others: ReadonlyMap<string, unknown>,
  ) {
    for (const [name, other] of others) this.add(other, new URL(encodeURI(name), unnamed).href);
    this.add(root, `${unnamed}main`);
    for (const [name, other] of others) this.byUri.set(name, other);
  }

  /** In drafts up to 7, what stands beside a `$ref` does not count. */
  isAloneWithReference(schema: Keywords): boolean {
    return this.old.has(schema);
  }

  /** @throws NotComparable when there is nothing */
  referred(schema: Keywords, reference: string): unknown {
    const target = new URL(encodeURI(decoded(reference)), this.bases.get(schema) ?? `${unnamed}main`).href;
    const [uri = '', fragment = ''] = target.split('#', 2);
    if (fragment !== '' && !fragment.startsWith('/') && this.byUri.has(target)) return this.byUri.get(target);
    const [name = ''] = reference.split('#', 1);
    const document = this.byUri.get(uri) ?? this.byUri.get(name);
    if (document === undefined || (fragment !== '' && !fragment.startsWith('/')))
      throw new NotComparable(`"$ref": "${reference}" leads nowhere`);
    return pointed(document, decoded(fragment), reference);
  }

  private add(document: unknown, uri: string): void {
    const { $schema: dialect } = isFields(document) ? document : ({} as Keywords);
    const isOld = typeof dialect === 'string' && /draft-0[3-7]/.test(dialect);
    this.byUri.set(uri, document);
    this.note(document, uri, isOld);
  }

  private note(value: unknown, above: string, isOld: boolean): void {
    if (Array.isArray(value)) for (const item of value) this.note(item, above, isOld);
    if (!isFields(value)) return;
    const base = this.baseOf(value, above);
    this.bases.set(value, base);
    if (isOld) this.old.add(value);
    for (const keyword of ['$anchor', '$dynamicAnchor'])
      if (typeof value[keyword] === 'string') this.byUri.set(`${base}#${value[keyword]}`, value);
    for (const field of Object.values(value)) this.note(field, base, isOld);
  }

  private baseOf(value: Keywords, above: string): string {
    if (typeof value.$id !== 'string') return above;
    const [own = ''] = (URL.parse(value.$id, above)?.href ?? above).split('#', 1);
    this.byUri.set(own, value);
    return own;
  }
}

function pointed(document: unknown, pointer: string, reference: string): unknown {
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      throw new NotComparable(`"$ref": "${reference}" leads nowhere`);
    value = Object(value)[name];
  }
  return value;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
