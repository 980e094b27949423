import { messageOf } from '../../errors';
import type { SchemaText } from '../codec';
import { codecOf } from '../codec-of';
import { directions, incompatibilities, NotComparable } from '../compatibility';
import { protoText } from '../protobuf/descriptors';
import { serializedSchema } from '../protobuf/serialized';
import type { SchemaDraft } from '../registry-client';
import { RegistryError } from './registry-error';
import { Setting } from './setting';
import { type CompatibilityLevel, type KeptVersion, type Mode, Subjects } from './subjects';

/** The rules of a schema registry: what may be registered, and what is compatible. */
export class Registry {
  readonly subjects = new Subjects();
  readonly levels = new Setting<CompatibilityLevel>('BACKWARD');
  readonly modes = new Setting<Mode>('READWRITE');
  /** Registrations are checked one after the other, so that each is compared with the one before it. */
  private last: Promise<unknown> = Promise.resolve();

  /** @throws RegistryError 42201, 42205, 409 */
  register(subject: string, draft: SchemaDraft): Promise<KeptVersion> {
    const next = this.last.then(() => this.registerNow(subject, draft));
    this.last = next.catch(() => {});
    return next;
  }

  private async registerNow(subject: string, draft: SchemaDraft): Promise<KeptVersion> {
    await this.assertValid(draft);
    const isKnown = this.subjects.find(subject, draft) !== undefined;
    if (!isKnown && /^READONLY/.test(this.modes.get(subject))) throw new RegistryError('readOnly', subject);
    const faults = isKnown ? [] : await this.faultsKnown(subject, draft);
    if (faults.length > 0) throw new RegistryError('incompatible', subject, faults.join(', '));
    return this.subjects.add(subject, draft);
  }

  /**
   * A schema as it is kept: Protobuf as text, whatever a client has sent.
   * @throws RegistryError 42201 for what is no descriptor
   */
  async normal(draft: SchemaDraft): Promise<SchemaDraft> {
    if (draft.type !== 'PROTOBUF') return draft;
    try {
      return { ...draft, text: await protoText(draft.text) };
    } catch (error) {
      throw new RegistryError('invalidSchema', messageOf(error));
    }
  }

  /** The text of a schema, or a descriptor in Base64 where it is of Protobuf and is asked for as `serialized`. */
  async textOf(draft: SchemaDraft, format: string | null): Promise<string> {
    if (draft.type !== 'PROTOBUF' || format !== 'serialized') return draft.text;
    return serializedSchema(this.complete(draft));
  }

  /** @throws RegistryError 42201 saying why */
  async assertValid(draft: SchemaDraft): Promise<void> {
    const schema = this.complete(draft);
    try {
      await codecOf(schema, 'the schema');
    } catch (error) {
      const [reason = ''] = messageOf(error).split('\n');
      throw new RegistryError('invalidSchema', reason);
    }
  }

  /**
   * What of a schema is not compatible, by the level of the subject.
   * @param against a version alone; as many as the level says unless given
   * @throws RegistryError 501 for JSON Schemas of which it cannot be told
   */
  async faults(subject: string, draft: SchemaDraft, against?: KeptVersion): Promise<string[]> {
    const level = this.levels.get(subject);
    const kept = this.subjects.kept(subject);
    const compared = level.endsWith('_TRANSITIVE') ? kept : kept.slice(-1);
    const direction = directions.find((one) => level.startsWith(one)) ?? 'NONE';
    const found: string[] = [];
    for (const { id } of against === undefined ? compared.toReversed() : [against]) {
      const existing = this.complete(this.subjects.schema(id));
      found.push(...(await told(direction, this.complete(draft), existing)));
    }
    return found;
  }

  /** A schema of which it cannot be told is taken. */
  private async faultsKnown(subject: string, draft: SchemaDraft): Promise<string[]> {
    try {
      return await this.faults(subject, draft);
    } catch (error) {
      if (error instanceof RegistryError && error.status === 501) return [];
      throw error;
    }
  }

  /** @throws RegistryError 42201 when a reference leads nowhere */
  complete({ type, text, references }: SchemaDraft): SchemaText {
    const found = new Map<string, string>();
    this.collect(references, found);
    return { type, text, references: [...found].map(([name, of]) => ({ name, text: of })) };
  }

  private collect(references: SchemaDraft['references'], found: Map<string, string>): void {
    for (const { name, subject, version } of references) {
      if (found.has(name)) continue;
      const kept = this.subjects.kept(subject, true).find((one) => one.version === version);
      if (kept === undefined)
        throw new RegistryError(
          'invalidSchema',
          `no schema for the reference "${name}": ${subject} ${version}`,
        );
      const schema = this.subjects.schema(kept.id);
      this.collect(schema.references, found);
      found.set(name, schema.text);
    }
  }
}

async function told(...pair: Parameters<typeof incompatibilities>): Promise<string[]> {
  try {
    return await incompatibilities(...pair);
  } catch (error) {
    if (!(error instanceof NotComparable)) throw error;
    throw new RegistryError('notImplemented', error.message);
  }
}
