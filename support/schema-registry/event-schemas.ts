import { BrineError, didYouMean, messageOf } from '../errors';
import type { Clock } from '../time';
import { type SchemaCodec, type SchemaText, UnfitValue } from './codec';
import { codecOf } from './codec-of';
import { type Direction, incompatibilities, NotComparable } from './compatibility';
import type { EmbeddedRegistry } from './embedded/server';
import { bytesJson } from './exact';
import type { DecodedBytes, EventDecoder, EventSchema } from './facts';
import { faultInWords } from './faults';
import { RegistryClient, type SchemaDraft, type SubjectVersion } from './registry-client';
import { type Framed, frame, unframe } from './wire-format';

/** What the lane says of its schemas. */
export interface EventSchemasOptions {
  /** Of the registry; may hold a name and a password. */
  readonly url: string;
  /** How the lane's topics begin, and so their subjects; '' where the lane has a broker of its own. */
  readonly topicPrefix: string;
  /** The lane's own registry, where it has one. */
  readonly embedded?: EmbeddedRegistry | undefined;
  readonly clock: Clock;
}

/** A registered schema, ready to encode with. */
export interface UsableSchema {
  readonly id: number;
  readonly codec: SchemaCodec;
  /** How it is called in messages: `schema "order.avsc"`. */
  readonly place: string;
}

type Known =
  | { readonly codec: SchemaCodec; readonly places: readonly SubjectVersion[] }
  | { readonly why: string; readonly until: number };

/** How long it is believed that a schema cannot be had. */
const troubleMs = 500;

/** The schemas of a lane's events: decodes what the recorder sees, encodes what steps publish. */
export class EventSchemas implements AsyncDisposable {
  readonly registry: RegistryClient;
  private readonly codecs = new Map<number, SchemaCodec>();
  /** What is known of each identifier, or being asked for. */
  private readonly known = new Map<number, Known | Promise<Known>>();
  /** With which subjects the places of an identifier were asked for: it may be registered under one more since. */
  private readonly asked = new Set<string>();
  /** What steps have changed in the registry. */
  private readonly registered: SubjectVersion[] = [];
  private readonly levels = new Set<string>();

  private constructor(private readonly options: EventSchemasOptions) {
    this.registry = new RegistryClient(options.url);
  }

  /** @throws BrineError BRINE_SCHEMA_003 when a registry of somebody else does not answer */
  static async open(options: EventSchemasOptions): Promise<EventSchemas> {
    const schemas = new EventSchemas(options);
    if (options.embedded === undefined) await schemas.registry.check();
    return schemas;
  }

  readonly decoder: EventDecoder = (topic, part, bytes) => {
    const framed = unframe(bytes);
    if (framed === undefined) return undefined;
    const known = this.lookUp(framed.id, `${topic}-${part}`);
    if ('then' in known) return known.then((found) => this.decoded(found, framed, `${topic}-${part}`, bytes));
    return this.decoded(known, framed, `${topic}-${part}`, bytes);
  };

  private lookUp(id: number, subject: string): Known | Promise<Known> {
    const known = this.known.get(id);
    if (known !== undefined && ('then' in known || this.isFresh(id, known, subject))) return known;
    const asked = this.learn(id, subject).then((found) => {
      this.known.set(id, found);
      return found;
    });
    this.known.set(id, asked);
    return asked;
  }

  private isFresh(id: number, known: Known, subject: string): boolean {
    if ('why' in known) return this.options.clock.monotonic() < known.until;
    return known.places.some((place) => place.subject === subject) || this.asked.has(`${id} ${subject}`);
  }

  private async learn(id: number, subject: string): Promise<Known> {
    try {
      const [codec, places] = await Promise.all([this.codecById(id), this.placesOf(id)]);
      this.asked.add(`${id} ${subject}`);
      return { codec, places };
    } catch (error) {
      const [why = ''] = messageOf(error).split('\n');
      return { why, until: this.options.clock.monotonic() + troubleMs };
    }
  }

  private async codecById(id: number): Promise<SchemaCodec> {
    const known = this.codecs.get(id);
    if (known !== undefined) return known;
    const codec = await codecOf(await this.registry.byId(id), `schema ${id}`);
    this.codecs.set(id, codec);
    return codec;
  }

  /** Of old registries, which do not tell, none. */
  private async placesOf(id: number): Promise<readonly SubjectVersion[]> {
    return this.registry.placesOf(id).catch(() => []);
  }

  private decoded(known: Known, { id, payload }: Framed, subject: string, bytes: Buffer): DecodedBytes {
    if ('why' in known) return notDecoded(id, known.why, bytes);
    try {
      const { name, value } = known.codec.decode(payload);
      return { value, schema: this.schemaOf(id, name, known, subject) };
    } catch (error) {
      return notDecoded(id, messageOf(error), bytes);
    }
  }

  private schemaOf(
    id: number,
    name: string,
    known: Extract<Known, { codec: SchemaCodec }>,
    subject: string,
  ): EventSchema {
    const place = known.places.find((one) => one.subject === subject) ?? known.places[0];
    return {
      id,
      type: known.codec.type,
      name,
      subject: place === undefined ? null : this.withoutPrefix(place.subject),
      version: place?.version ?? null,
    };
  }

  /**
   * A schema under a subject, registered unless it is.
   * @param place what it is, for errors
   * @throws BrineError when it is no schema, or the registry refuses it
   */
  async use(subject: string, draft: SchemaDraft, place: string): Promise<UsableSchema> {
    const codec = await codecOf(await this.registry.complete(draft), place);
    return { id: (await this.register(subject, draft)).id, codec, place };
  }

  /** A schema under a subject, registered unless it is. @throws BrineError BRINE_SCHEMA_003 when the registry refuses it */
  async register(
    subject: string,
    draft: SchemaDraft,
  ): Promise<{ readonly id: number; readonly version: number }> {
    const full = this.fullName(subject);
    const before = await this.registry.lookUp(full, draft);
    if (before !== undefined) return before;
    const id = await this.registry.register(full, draft);
    const made = await this.registry.lookUp(full, draft);
    const version = made?.version ?? 1;
    this.registered.push({ subject: full, version });
    return { id, version };
  }

  /** The newest schema of a subject. @throws BrineError BRINE_STEP_001 with the nearest subject when there is none */
  async latest(subject: string): Promise<UsableSchema> {
    const { id, version, text } = await this.newest(subject);
    const place = `the schema of subject "${subject}", version ${version}`;
    return { id, codec: await codecOf(text, place), place };
  }

  private async newest(subject: string): Promise<{ id: number; version: number; text: SchemaText }> {
    const found = await this.registry.latest(this.fullName(subject));
    if (found === undefined) throw await this.unknownSubject(subject);
    return { id: found.id, version: found.version, text: await this.registry.complete(found.draft) };
  }

  /** How many versions a subject has. @throws BrineError BRINE_STEP_001 when there is no such subject */
  async versions(subject: string): Promise<readonly number[]> {
    const versions = await this.registry.versions(this.fullName(subject));
    if (versions.length === 0) throw await this.unknownSubject(subject);
    return versions;
  }

  private async unknownSubject(name: string): Promise<BrineError> {
    const known = (await this.registry.subjects(this.options.topicPrefix)).map((one) =>
      this.withoutPrefix(one),
    );
    return new BrineError('BRINE_STEP_001', {
      kind: 'subject of the schema registry',
      name,
      suggestion: didYouMean(name, known),
      known: known.join(', ') || 'none: nothing is registered yet',
    });
  }

  /**
   * The bytes of a value, with the schema's identifier before them.
   * @param name of the message, where the schema has several
   * @throws BrineError BRINE_SCHEMA_002 listing what does not fit, by field
   */
  encode({ id, codec, place }: UsableSchema, value: unknown, name?: string): Buffer {
    try {
      return frame({ id, payload: codec.encode(value, name) });
    } catch (error) {
      if (!(error instanceof UnfitValue)) throw wrongName(place, error);
      const lines = error.faults.map((fault) => `  ${faultInWords(fault)}`);
      throw new BrineError('BRINE_SCHEMA_002', { place, faults: lines.join('\n') }, { cause: error });
    }
  }

  /** What the registry says of a schema, by the level of compatibility of the subject. */
  async refusals(subject: string, draft: SchemaDraft): Promise<readonly string[]> {
    await this.versions(subject);
    const { isCompatible, messages } = await this.registry.compatibility(this.fullName(subject), draft);
    if (isCompatible) return [];
    return messages.length === 0 ? ['the registry does not say why'] : messages;
  }

  /**
   * What of a schema is not compatible with the newest one of a subject, whatever the level there.
   * @throws BrineError BRINE_STEP_002 when that cannot be told of these JSON Schemas
   */
  async incompatibilities(
    direction: Direction,
    subject: string,
    draft: SchemaDraft,
  ): Promise<readonly string[]> {
    const { text } = await this.newest(subject);
    try {
      return await incompatibilities(direction, await this.registry.complete(draft), text);
    } catch (error) {
      if (!(error instanceof NotComparable)) throw error;
      const advice = `ask the registry, which may be able to: ... is compatible with subject "${subject}"`;
      const place = `the comparison with subject "${subject}"`;
      throw new BrineError('BRINE_STEP_002', { place, reason: error.message, advice }, { cause: error });
    }
  }

  /** @throws BrineError BRINE_STEP_002 on somebody else's registry */
  async setCompatibility(subject: string, level: string): Promise<void> {
    const full = this.fullName(subject);
    const isOwn = this.options.embedded !== undefined || this.isPrefixed(full);
    if (!isOwn) throw somebodys(subject);
    await this.registry.setCompatibility(full, level);
    this.levels.add(full);
  }

  /** After a scenario: what its steps have changed in the lane's own registry is taken back. */
  takeBack(): void {
    this.known.clear();
    this.asked.clear();
    this.options.embedded?.takeBack(this.registered.splice(0));
    this.options.embedded?.takeBackLevels(this.levels);
    this.levels.clear();
  }

  /** The subject of a topic's values or keys, by the naming that is usual: TopicNameStrategy. */
  subjectOf(topic: string, part: 'key' | 'value' = 'value'): string {
    return `${topic}-${part}`;
  }

  /** Subjects of topics carry the lane's prefix; those that are named for records do not. */
  private fullName(subject: string): string {
    return /-(key|value)$/.test(subject) ? `${this.options.topicPrefix}${subject}` : subject;
  }

  private withoutPrefix(subject: string): string {
    return this.isPrefixed(subject) ? subject.slice(this.options.topicPrefix.length) : subject;
  }

  private isPrefixed(subject: string): boolean {
    return this.options.topicPrefix !== '' && subject.startsWith(this.options.topicPrefix);
  }

  /** Of a shared registry, the subjects with the lane's prefix are removed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { embedded, topicPrefix } = this.options;
    if (embedded !== undefined || topicPrefix === '') return;
    for (const subject of await this.registry.subjects(topicPrefix)) await this.registry.remove(subject);
  }
}

/** An event that cannot be read is no reason to stop: it is shown as what it is. */
function notDecoded(id: number, why: string, bytes: Buffer): DecodedBytes {
  return {
    value: `not decoded with schema ${id}: ${why}; its bytes: ${bytesJson(bytes)}`,
    schema: undefined,
  };
}

function wrongName(place: string, cause: unknown): BrineError {
  const parameters = {
    place,
    reason: messageOf(cause),
    advice: 'name one of them after the file: "order.proto#shop.Order"',
  };
  return new BrineError('BRINE_STEP_002', parameters, { cause });
}

function somebodys(subject: string): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `subject "${subject}"`,
    reason: "its compatibility is not changed: the schema registry is somebody else's",
    advice: 'set it there by hand, or use kafka.schemaRegistry: "embedded"',
  });
}
