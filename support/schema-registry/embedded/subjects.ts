import type { SchemaDraft } from '../registry-client';
import { RegistryError } from './registry-error';
import { identityOf } from './schema-identity';

export interface KeptVersion {
  readonly version: number;
  readonly id: number;
  deleted: boolean;
  /** How often it was registered. */
  registrations: number;
}

export const compatibilityLevels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
export type CompatibilityLevel = (typeof compatibilityLevels)[number];

export const modes = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT'] as const;
export type Mode = (typeof modes)[number];

/** What the registry keeps: schemas by identifier, and subjects with their versions. Identifiers are never used again. */
export class Subjects {
  private readonly schemas: SchemaDraft[] = [];
  private readonly ids = new Map<string, number>();
  private readonly subjects = new Map<string, KeptVersion[]>();

  /** @throws RegistryError 40403 */
  schema(id: number): SchemaDraft {
    const schema = this.schemas[id - 1];
    if (schema === undefined) throw new RegistryError('unknownId', id);
    return schema;
  }

  names(withDeleted: boolean): string[] {
    return [...this.subjects.keys()].filter((name) => this.kept(name, withDeleted).length > 0).sort();
  }

  /** The versions of a subject, ascending; none when there is no such subject. */
  kept(subject: string, withDeleted = false): readonly KeptVersion[] {
    return (this.subjects.get(subject) ?? []).filter(({ deleted }) => withDeleted || !deleted);
  }

  /** @throws RegistryError 40401 */
  versions(subject: string, withDeleted = false): readonly KeptVersion[] {
    const versions = this.kept(subject, withDeleted);
    if (versions.length === 0) throw new RegistryError('unknownSubject', subject);
    return versions;
  }

  /**
   * @param wanted a number, `latest` or -1
   * @throws RegistryError 40401, 40402, 42202
   */
  version(subject: string, wanted: string, withDeleted = false): KeptVersion {
    const isLatest = wanted === 'latest' || wanted === '-1';
    if (!isLatest && !/^[1-9]\d{0,9}$/.test(wanted)) throw new RegistryError('invalidVersion', wanted);
    const versions = this.versions(subject, withDeleted);
    const found = isLatest ? versions.at(-1) : versions.find(({ version }) => version === Number(wanted));
    if (found === undefined) throw new RegistryError('unknownVersion', wanted);
    return found;
  }

  /** The version under which a subject has this very schema. */
  find(subject: string, schema: SchemaDraft, withDeleted = false): KeptVersion | undefined {
    const id = this.ids.get(identityOf(schema));
    return this.kept(subject, withDeleted).find((version) => version.id === id);
  }

  /** Where a schema is registered. */
  placesOf(id: number): Array<{ subject: string; version: number }> {
    this.schema(id);
    return this.names(false).flatMap((subject) =>
      this.kept(subject)
        .filter((version) => version.id === id)
        .map(({ version }) => ({ subject, version })),
    );
  }

  /** The identifiers of schemas that refer to a version. */
  referrers(subject: string, version: number): number[] {
    return this.schemas.flatMap(({ references }, index) =>
      references.some((one) => one.subject === subject && one.version === version) ? [index + 1] : [],
    );
  }

  /** A new version of a subject, unless it has this schema. */
  add(subject: string, schema: SchemaDraft): KeptVersion {
    const found = this.find(subject, schema);
    if (found !== undefined) {
      found.registrations += 1;
      return found;
    }
    const versions = this.subjects.get(subject) ?? [];
    const version = (versions.at(-1)?.version ?? 0) + 1;
    const kept = { version, id: this.idOf(schema), deleted: false, registrations: 1 };
    this.subjects.set(subject, [...versions, kept]);
    return kept;
  }

  private idOf(schema: SchemaDraft): number {
    const identity = identityOf(schema);
    const known = this.ids.get(identity);
    if (known !== undefined) return known;
    this.schemas.push(schema);
    this.ids.set(identity, this.schemas.length);
    return this.schemas.length;
  }

  /** Forgets versions for good; the schemas keep their identifiers. */
  forget(subject: string, gone: readonly number[]): void {
    const left = (this.subjects.get(subject) ?? []).filter(({ version }) => !gone.includes(version));
    if (left.length > 0) this.subjects.set(subject, left);
    else this.subjects.delete(subject);
  }
}
