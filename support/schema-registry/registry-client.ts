import { BrineError, messageOf } from '../errors';
import type { ReferencedText, SchemaText, SchemaType } from './codec';

/** A schema that is registered, as another one refers to it. */
export interface SchemaReference {
  /** What it is called in the schema: an imported file, a type, a `$ref`. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** What is registered: a schema as text. */
export interface SchemaDraft {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

/** Where a schema is registered. */
export interface SubjectVersion {
  readonly subject: string;
  readonly version: number;
}

export interface RegisteredSchema extends SubjectVersion {
  readonly id: number;
  readonly draft: SchemaDraft;
}

/** What a registry says of a schema that is not registered yet. */
export interface Compatibility {
  readonly isCompatible: boolean;
  readonly messages: readonly string[];
}

/** What one question may take. */
const answerLimitMs = 5_000;
const mediaType = 'application/vnd.schemaregistry.v1+json';
/** Of Confluent's: https://docs.confluent.io/platform/current/schema-registry/develop/api.html#errors */
const unknownSubject = 40401;
const unknownSchema = 40403;
const noConfig = 40408;

/** An answer other than 2xx. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    /** The registry's own code, such as 40401; the status where it has given none. */
    readonly errorCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Speaks with a schema registry: Confluent's, or another with its REST API (Apicurio's `/apis/ccompat/v7`). */
export class RegistryClient {
  private readonly base: string;
  private readonly headers: Readonly<Record<string, string>>;
  /** The address without name and password, for messages. */
  readonly shownUrl: string;

  /** @param url may hold the name and password of basic authentication */
  constructor(url: string) {
    const { username, password, ...parts } = partsOf(url);
    this.base = parts.base;
    this.shownUrl = parts.base;
    const credentials = Buffer.from(`${username}:${password}`).toString('base64');
    const accept = `${mediaType}, application/json`;
    this.headers = username === '' ? { accept } : { accept, authorization: `Basic ${credentials}` };
  }

  /** Whether a registry answers. @throws BrineError BRINE_SCHEMA_003 saying why not */
  async check(): Promise<void> {
    await this.ask('GET', '/subjects');
  }

  /** A schema by its identifier, with all that it refers to. */
  async byId(id: number): Promise<SchemaText> {
    const { schema, schemaType, references } = await this.ask<SchemaAnswer>('GET', `/schemas/ids/${id}`);
    return this.complete(draftOf({ schema, schemaType, references }));
  }

  /** The subjects and versions of an identifier. */
  async placesOf(id: number): Promise<readonly SubjectVersion[]> {
    return this.ask<SubjectVersion[]>('GET', `/schemas/ids/${id}/versions`);
  }

  async subjects(prefix = ''): Promise<readonly string[]> {
    const all = await this.ask<string[]>('GET', `/subjects?subjectPrefix=${encodeURIComponent(prefix)}`);
    return all.filter((subject) => subject.startsWith(prefix)); // not every registry knows the parameter
  }

  /** @returns the versions, ascending; none when there is no such subject */
  async versions(subject: string): Promise<readonly number[]> {
    return (await this.found<number[]>('GET', `${pathOf(subject)}/versions`)) ?? [];
  }

  /** The newest version, or undefined when there is no such subject. */
  async latest(subject: string): Promise<RegisteredSchema | undefined> {
    const answer = await this.found<VersionAnswer>('GET', `${pathOf(subject)}/versions/latest`);
    return answer === undefined ? undefined : registeredOf(answer);
  }

  /** The schema as it is registered under a subject, or undefined when it is not. */
  async lookUp(subject: string, draft: SchemaDraft): Promise<RegisteredSchema | undefined> {
    const answer = await this.found<VersionAnswer>('POST', pathOf(subject), bodyOf(draft));
    return answer === undefined ? undefined : registeredOf(answer);
  }

  /** @returns its identifier @throws BrineError BRINE_SCHEMA_003 when the registry refuses it */
  async register(subject: string, draft: SchemaDraft): Promise<number> {
    const { id } = await this.ask<{ id: number }>('POST', `${pathOf(subject)}/versions`, bodyOf(draft));
    return id;
  }

  /** As the registry compares by the level that it is configured with for the subject. */
  async compatibility(subject: string, draft: SchemaDraft): Promise<Compatibility> {
    const path = `/compatibility${pathOf(subject)}/versions?verbose=true`;
    const answer = await this.ask<{ is_compatible: boolean; messages?: string[] }>(
      'POST',
      path,
      bodyOf(draft),
    );
    return { isCompatible: answer.is_compatible, messages: answer.messages ?? [] };
  }

  async setCompatibility(subject: string, level: string): Promise<void> {
    await this.ask('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility: level });
  }

  /** Removes a subject for good; one that is not there is passed over. */
  async remove(subject: string): Promise<void> {
    await this.found('DELETE', pathOf(subject));
    await this.found('DELETE', `${pathOf(subject)}?permanent=true`);
  }

  /** The texts of what a schema refers to, those first that others refer to. */
  async complete({ type, text, references }: SchemaDraft): Promise<SchemaText> {
    const found = new Map<string, ReferencedText>();
    await this.collect(references, found);
    return { type, text, references: [...found.values()] };
  }

  private async collect(
    references: readonly SchemaReference[],
    found: Map<string, ReferencedText>,
  ): Promise<void> {
    for (const { name, subject, version } of references) {
      if (found.has(name)) continue;
      const answer = await this.ask<VersionAnswer>('GET', `${pathOf(subject)}/versions/${version}`);
      await this.collect(answer.references ?? [], found);
      found.set(name, { name, text: answer.schema });
    }
  }

  /** The answer, or undefined when the registry says that there is no such subject, version or schema. */
  private async found<T>(method: string, path: string, body?: unknown): Promise<T | undefined> {
    try {
      return await this.question<T>(method, path, body);
    } catch (error) {
      if (error instanceof Refusal && error.errorCode >= unknownSubject && error.errorCode < noConfig)
        return undefined;
      throw this.told(error);
    }
  }

  private async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await this.question<T>(method, path, body);
    } catch (error) {
      throw this.told(error);
    }
  }

  private async question<T>(method: string, path: string, body: unknown): Promise<T> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: { ...this.headers, ...(body === undefined ? {} : { 'content-type': mediaType }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerLimitMs),
    });
    const text = await response.text();
    if (!response.ok) throw refusalOf(response.status, text);
    return readJson(text) as T;
  }

  private told(error: unknown): BrineError {
    const refused = error instanceof Refusal;
    const code = refused && error.errorCode !== error.status ? ` (${error.errorCode})` : '';
    const how = refused
      ? `answers ${error.status}${code}: ${error.message}`
      : `gives no answer: ${reasonOf(error)}`;
    return new BrineError(
      'BRINE_SCHEMA_003',
      { url: this.shownUrl, how, advice: adviceFor(refused ? error : undefined) },
      { cause: error },
    );
  }
}

interface SchemaAnswer {
  readonly schema: string;
  readonly schemaType?: SchemaType | undefined;
  readonly references?: readonly SchemaReference[] | undefined;
}

interface VersionAnswer extends SchemaAnswer, SubjectVersion {
  readonly id: number;
}

function registeredOf({ subject, version, id, ...answer }: VersionAnswer): RegisteredSchema {
  return { subject, version, id, draft: draftOf(answer) };
}

/** A schema of no type is one of Avro's. */
function draftOf({ schema, schemaType = 'AVRO', references = [] }: SchemaAnswer): SchemaDraft {
  return { type: schemaType, text: schema, references };
}

function bodyOf({ type, text, references }: SchemaDraft): object {
  return {
    schema: text,
    ...(type === 'AVRO' ? {} : { schemaType: type }),
    ...(references.length === 0 ? {} : { references }),
  };
}

function pathOf(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`;
}

function partsOf(url: string) {
  const { username, password, protocol, host, pathname } = new URL(url);
  return {
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
    base: `${protocol}//${host}${pathname.replace(/\/$/, '')}`,
  };
}

function refusalOf(status: number, text: string): Refusal {
  const { error_code: code, message } = Object(readJson(text)) as { error_code?: unknown; message?: unknown };
  const words = typeof message === 'string' ? message : text.slice(0, 200) || 'no more words';
  return new Refusal(status, typeof code === 'number' ? code : status, words);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch` hides the reason in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return messageOf(cause ?? error);
}

function adviceFor(refusal: Refusal | undefined): string {
  if (refusal === undefined) return 'start it, or correct kafka.schemaRegistry (BRINE_KAFKA_SCHEMA_REGISTRY)';
  if (refusal.status === 401 || refusal.status === 403)
    return 'name and password go into the URL: kafka.schemaRegistry: "https://user:password@host:8081"';
  if (refusal.errorCode === unknownSchema) return 'the event was encoded with a schema of another registry';
  return refusal.status === 409 ? 'make the schema compatible, or set the compatibility of its subject' : '';
}
