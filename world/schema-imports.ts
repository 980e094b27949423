import { isFields } from '../support/matching';
import type { SchemaType } from '../support/schema-registry';

/** What a schema refers to in other files. */
export interface SchemaImport {
  /** As it is named there: an imported file, the full name of a type, a `$ref` without its fragment. */
  readonly name: string;
  /** Files that may have it. */
  readonly files: readonly string[];
  /** Whether it is nothing but a file; a type that no file has may be a slip. */
  readonly isFile: boolean;
}

/** What a schema refers to; nothing when it cannot be read, which others will complain of. */
export function importsIn(type: SchemaType, text: string): SchemaImport[] {
  switch (type) {
    case 'PROTOBUF':
      return importedFiles(text).map(fileImport);
    case 'AVRO':
      return undefinedTypes(readJson(text)).map((name) => {
        const last = name.slice(name.lastIndexOf('.') + 1);
        return { name, files: [...new Set([`${name}.avsc`, `${last}.avsc`])], isFile: false };
      });
    case 'JSON':
      return [...new Set(referredFiles(readJson(text)))].map(fileImport);
  }
}

function fileImport(name: string): SchemaImport {
  return { name, files: [name], isFile: true };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const importPattern = /(?<=^|;)\s*import\s+(?:public\s+|weak\s+)?["']([^"']+)["']\s*;/gm;
const comments = /\/\*[\s\S]*?\*\/|\/\/.*/g;

function importedFiles(proto: string): string[] {
  const imports = proto.replace(comments, '').matchAll(importPattern);
  return Array.from(imports, ([, name = '']) => name).filter(
    (name) => !name.startsWith('google/protobuf/'), // those come with the library, and with every registry
  );
}

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
const named = ['record', 'error', 'enum', 'fixed'];

/** Of an Avro schema, the full names of the types that it uses and does not define. */
function undefinedTypes(schema: unknown): string[] {
  const names = new TypeNames();
  names.look(schema, '');
  return [...names.used].filter((name) => !names.defined.has(name));
}

class TypeNames {
  readonly defined = new Set<string>();
  readonly used = new Set<string>();

  look(type: unknown, namespace: string): void {
    if (Array.isArray(type)) for (const branch of type) this.look(branch, namespace);
    else if (isFields(type)) this.lookInto(type, namespace);
    else if (typeof type === 'string' && !primitives.includes(type)) this.used.add(fullName(type, namespace));
  }

  private lookInto(type: Readonly<Record<string, unknown>>, namespace: string): void {
    if (named.includes(String(type.type))) this.define(type, namespace);
    else if (type.type === 'array') this.look(type.items, namespace);
    else if (type.type === 'map') this.look(type.values, namespace);
    else this.look(type.type, namespace);
  }

  private define({ name, namespace, fields }: Readonly<Record<string, unknown>>, outer: string): void {
    const full = fullName(String(name), typeof namespace === 'string' ? namespace : outer);
    this.defined.add(full);
    const inner = full.slice(0, Math.max(0, full.lastIndexOf('.')));
    for (const field of Array.isArray(fields) ? fields : []) this.look(Object(field).type, inner);
  }
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

/** Of a JSON Schema, the files that its `$ref`s name; those with a scheme are known by their own identifiers. */
function referredFiles(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(referredFiles);
  if (!isFields(schema)) return [];
  return Object.entries(schema).flatMap(([name, value]) => {
    if (name !== '$ref' || typeof value !== 'string') return referredFiles(value);
    const [file = ''] = value.split('#');
    return file === '' || /^[a-z][a-z0-9+.-]*:/i.test(file) ? [] : [file];
  });
}
