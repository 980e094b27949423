import { schemaTypes } from '../codec';
import type { SchemaDraft } from '../registry-client';
import type { Registry } from './registry';
import { RegistryError, type RegistryErrorKind } from './registry-error';
import type { Setting } from './setting';
import { compatibilityLevels, type KeptVersion, modes } from './subjects';

/** A request, its path taken apart. */
export interface Call {
  readonly registry: Registry;
  /** What stands in the path at the places of `:name`. */
  readonly names: readonly string[];
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined where there is no body. */
  readonly body: unknown;
}

type Handler = (call: Call) => unknown | Promise<unknown>;

const level = settingRoutes({
  of: (registry) => registry.levels,
  allowed: compatibilityLevels,
  changed: 'compatibility',
  told: 'compatibilityLevel',
  invalid: 'invalidLevel',
  none: 'noSubjectConfig',
});

const mode = settingRoutes({
  of: (registry) => registry.modes,
  allowed: modes,
  changed: 'mode',
  told: 'mode',
  invalid: 'invalidMode',
  none: 'noSubjectMode',
});

/** https://docs.confluent.io/platform/current/schema-registry/develop/api.html, without clusters, exporters and rules. */
const routes: ReadonlyArray<readonly [method: string, path: string, handler: Handler]> = [
  ['GET', '/', () => ({})],
  ['GET', '/subjects', listSubjects],
  ['GET', '/subjects/:subject/versions', (call) => numbersOf(versionsOf(call))],
  ['POST', '/subjects/:subject/versions', register],
  ['POST', '/subjects/:subject', lookUp],
  ['DELETE', '/subjects/:subject', removeSubject],
  ['GET', '/subjects/:subject/versions/:version', (call) => described(call, versionOf(call))],
  ['GET', '/subjects/:subject/versions/:version/schema', (call) => rawJson(textOf(call, versionOf(call)))],
  ['GET', '/subjects/:subject/versions/:version/referencedby', referencedBy],
  ['DELETE', '/subjects/:subject/versions/:version', removeVersion],
  ['GET', '/schemas/ids/:id', (call) => schemaAnswer(call, idOf(call.names))],
  [
    'GET',
    '/schemas/ids/:id/schema',
    ({ registry, names }) => rawJson(registry.subjects.schema(idOf(names)).text),
  ],
  ['GET', '/schemas/ids/:id/subjects', subjectsOfId],
  ['GET', '/schemas/ids/:id/versions', ({ registry, names }) => registry.subjects.placesOf(idOf(names))],
  ['GET', '/schemas/types', () => schemaTypes],
  ['POST', '/compatibility/subjects/:subject/versions', compare],
  ['POST', '/compatibility/subjects/:subject/versions/:version', compare],
  ['GET', '/config', level.ofAll],
  ['PUT', '/config', level.set],
  ['GET', '/config/:subject', level.get],
  ['PUT', '/config/:subject', level.set],
  ['DELETE', '/config/:subject', level.remove],
  ['GET', '/mode', mode.ofAll],
  ['PUT', '/mode', mode.set],
  ['GET', '/mode/:subject', mode.get],
  ['PUT', '/mode/:subject', mode.set],
  ['DELETE', '/mode/:subject', mode.remove],
  ['GET', '/contexts', () => ['.']],
  [
    'GET',
    '/v1/metadata/id',
    () => ({ scope: { path: [], clusters: { 'schema-registry-cluster': 'brine' } }, id: 'brine' }),
  ],
];

/** @throws RegistryError 404 or 405 when nothing is at that path */
export function handlerOf(method: string, path: string): { handler: Handler; names: readonly string[] } {
  const parts = path.replace(/(?<=.)\/$/, '').split('/');
  const found = routes.filter(([, pattern]) => namesIn(pattern, parts) !== undefined);
  const [, pattern = '', handler] = found.find(([of]) => of === method) ?? [];
  if (handler !== undefined) return { handler, names: namesIn(pattern, parts) ?? [] };
  throw new RegistryError(found.length > 0 ? 'methodNotAllowed' : 'notFound');
}

function namesIn(pattern: string, parts: readonly string[]): readonly string[] | undefined {
  const wanted = pattern.split('/');
  const fits =
    wanted.length === parts.length && wanted.every((one, at) => one.startsWith(':') || one === parts[at]);
  return fits ? parts.filter((_, at) => wanted[at]?.startsWith(':')).map(decoded) : undefined;
}

/** @throws RegistryError 404 for what is no part of a path */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RegistryError('notFound');
  }
}

/** A text that is JSON already. */
export class RawJson {
  constructor(readonly text: string) {}
}

function rawJson(text: string): RawJson {
  return new RawJson(text);
}

function listSubjects({ registry, query }: Call): string[] {
  const prefix = query.get('subjectPrefix') ?? '';
  return registry.subjects.names(isTrue(query, 'deleted')).filter((name) => name.startsWith(prefix));
}

function versionsOf({ registry, names: [subject = ''], query }: Call): readonly KeptVersion[] {
  return registry.subjects.versions(subject, isTrue(query, 'deleted'));
}

function versionOf({ registry, names: [subject = '', version = ''], query }: Call): KeptVersion {
  return registry.subjects.version(subject, version, isTrue(query, 'deleted'));
}

function numbersOf(versions: readonly KeptVersion[]): number[] {
  return versions.map(({ version }) => version);
}

async function register({ registry, names: [subject = ''], body }: Call): Promise<object> {
  const { id } = await registry.register(subject, await registry.normal(draftIn(body)));
  return { id };
}

async function lookUp(call: Call): Promise<object> {
  const { registry, names, query, body } = call;
  const [subject = ''] = names;
  const withDeleted = isTrue(query, 'deleted');
  registry.subjects.versions(subject, withDeleted);
  const draft = await registry.normal(draftIn(body));
  await registry.assertValid(draft);
  const found = registry.subjects.find(subject, draft, withDeleted);
  if (found === undefined) throw new RegistryError('unknownSchema');
  return described(call, found);
}

async function described(call: Call, { version, id }: KeptVersion): Promise<object> {
  const [subject] = call.names;
  return { subject, version, id, ...(await schemaAnswer(call, id)) };
}

async function schemaAnswer({ registry, query }: Call, id: number): Promise<object> {
  const draft = registry.subjects.schema(id);
  const { type, references } = draft;
  return {
    ...(type === 'AVRO' ? {} : { schemaType: type }),
    ...(references.length === 0 ? {} : { references }),
    schema: await registry.textOf(draft, query.get('format')),
  };
}

function textOf({ registry }: Call, { id }: KeptVersion): string {
  return registry.subjects.schema(id).text;
}

function subjectsOfId({ registry, names }: Call): string[] {
  return [...new Set(registry.subjects.placesOf(idOf(names)).map(({ subject }) => subject))];
}

function referencedBy(call: Call): number[] {
  return call.registry.subjects.referrers(call.names[0] ?? '', versionOf(call).version);
}

/** First it is only marked as deleted; then, when asked so, it goes for good. */
function removeSubject({ registry: { subjects }, names: [subject = ''], query }: Call): number[] {
  const kept = subjects.kept(subject);
  const all = subjects.kept(subject, true);
  if (all.length === 0) throw new RegistryError('unknownSubject', subject);
  assertUnreferenced(subjects, subject, all);
  if (isTrue(query, 'permanent')) {
    if (kept.length > 0) throw new RegistryError('notDeletedSubject', subject);
    subjects.forget(subject, numbersOf(all));
    return numbersOf(all);
  }
  if (kept.length === 0) throw new RegistryError('deletedSubject', subject);
  for (const version of kept) version.deleted = true;
  return numbersOf(kept);
}

function removeVersion(call: Call): number {
  const { registry, names, query } = call;
  const [subject = '', wanted = ''] = names;
  const version = registry.subjects.version(subject, wanted, isTrue(query, 'permanent'));
  assertUnreferenced(registry.subjects, subject, [version]);
  if (isTrue(query, 'permanent')) {
    if (!version.deleted) throw new RegistryError('notDeletedSubject', subject);
    registry.subjects.forget(subject, [version.version]);
  }
  version.deleted = true;
  return version.version;
}

function assertUnreferenced(
  subjects: Registry['subjects'],
  subject: string,
  versions: readonly KeptVersion[],
): void {
  const used = versions.find(({ version }) => subjects.referrers(subject, version).length > 0);
  if (used !== undefined) throw new RegistryError('referenced', `${subject} version ${used.version}`);
}

async function compare({ registry, names: [subject = '', wanted], query, body }: Call): Promise<object> {
  const against = wanted === undefined ? undefined : registry.subjects.version(subject, wanted);
  const draft = await registry.normal(draftIn(body));
  await registry.assertValid(draft);
  const messages = await registry.faults(subject, draft, against);
  return { is_compatible: messages.length === 0, ...(isTrue(query, 'verbose') ? { messages } : {}) };
}

/** How requests speak of a setting. */
interface SettingRoutes<T extends string> {
  readonly of: (registry: Registry) => Setting<T>;
  readonly allowed: readonly T[];
  /** Its field in requests, and in the answers to those that change it. */
  readonly changed: string;
  /** Its field in other answers. */
  readonly told: string;
  readonly invalid: RegistryErrorKind;
  readonly none: RegistryErrorKind;
}

function settingRoutes<T extends string>({ of, allowed, changed, told, invalid, none }: SettingRoutes<T>) {
  return {
    ofAll: ({ registry }: Call) => ({ [told]: of(registry).get() }),
    get({ registry, names: [subject = ''], query }: Call): object {
      const setting = of(registry);
      if (setting.ownOf(subject) === undefined && !isTrue(query, 'defaultToGlobal'))
        throw new RegistryError(none, subject);
      return { [told]: setting.get(subject) };
    },
    set({ registry, names: [subject], body }: Call): object {
      const wanted = String(fieldsOf(body)[changed]).toUpperCase();
      const value = allowed.find((one) => one === wanted);
      if (value === undefined) throw new RegistryError(invalid);
      of(registry).set(subject, value);
      return { [changed]: value };
    },
    remove({ registry, names: [subject = ''] }: Call): object {
      const value = of(registry).ownOf(subject);
      if (value === undefined) throw new RegistryError('unknownSubject', subject);
      of(registry).forget(subject);
      return { [told]: value };
    },
  };
}

function draftIn(body: unknown): SchemaDraft {
  const { schema, schemaType = 'AVRO', references = [] } = fieldsOf(body);
  const type = schemaTypes.find((one) => one === schemaType);
  if (type === undefined)
    throw new RegistryError('invalidSchema', `Invalid schema type ${String(schemaType)}`);
  if (typeof schema !== 'string' || schema.trim() === '')
    throw new RegistryError('invalidSchema', 'Empty schema');
  if (!Array.isArray(references) || !references.every(isReference))
    throw new RegistryError('invalidSchema', 'Invalid references');
  const used = references.map(({ name, subject, version }) => ({ name, subject, version }));
  return { type, text: schema, references: used };
}

function isReference(value: unknown): value is SchemaDraft['references'][number] {
  const { name, subject, version } = Object(value);
  return typeof name === 'string' && typeof subject === 'string' && Number.isInteger(version);
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body === 'object' && body !== null) return body as Readonly<Record<string, unknown>>;
  throw new RegistryError('invalidBody', 'The body of the request is no JSON object');
}

function idOf([id = '']: readonly string[]): number {
  if (/^\d{1,10}$/.test(id)) return Number(id);
  throw new RegistryError('notFound');
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return query.get(name) === 'true';
}
