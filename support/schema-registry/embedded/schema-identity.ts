import type { SchemaDraft } from '../registry-client';

/** The same for texts that mean the same schema but for their layout (and, in JSON, the order of names). */
export function identityOf({ type, text, references }: SchemaDraft): string {
  const canonical = type === 'PROTOBUF' ? withoutLayout(text) : sortedJson(text);
  const used = references.map(({ name, subject, version }) => [name, subject, version]);
  return JSON.stringify([type, canonical, used]);
}

function withoutLayout(proto: string): string {
  return proto.replace(/\s+/g, ' ').trim();
}

function sortedJson(text: string): string {
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return JSON.stringify(text.trim()); // the bare name of a primitive type
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, item]) => [name, sorted(item)]));
}
