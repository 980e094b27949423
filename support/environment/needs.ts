import { type Node, parse } from '@cucumber/tag-expressions';
import {
  type BackingServiceName,
  backingServiceNames,
  type ResolvedConfiguration,
  type ServiceConfiguration,
} from '../config';
import { BrineError, messageOf } from '../errors';
import { templateNames } from './template';

/** What a scenario that was chosen says about its needs. */
export interface ChosenScenario {
  readonly tags: readonly string[];
  /** The backing services that its steps use. */
  readonly uses: ReadonlySet<BackingServiceName>;
}

/** What a run leaves out, by name, with the reason as users read it. Plain data. */
export interface NotStarted {
  readonly services: Readonly<Record<string, string>>;
  readonly backing: Readonly<Partial<Record<BackingServiceName, string>>>;
  readonly databases?: Readonly<Record<string, string>>;
}

/** The backing services that scenarios need, by identifier. Plain data. */
export type ScenarioNeeds = Readonly<Record<string, readonly BackingServiceName[]>>;

/** The backing services that one scenario needs, itself or for the services that it needs. */
export function neededBacking(
  configuration: ResolvedConfiguration,
  scenario: ChosenScenario,
): BackingServiceName[] {
  const { backing } = notNeeded(configuration, [scenario]);
  return backingServiceNames.filter((store) => backing[store] === undefined);
}

export const everythingStarted: NotStarted = { services: {}, backing: {} };

const noTable = 'no database is declared';
const unused = 'no chosen scenario uses it, and no service that is started names it';

/**
 * What the chosen scenarios do not need. A service is needed always, unless it says which tags need it; then by a
 * scenario with these tags, or by another needed service whose templates name it. A backing service is needed by a
 * step that uses it, by a needed service, or by the tags it says.
 */
export function notNeeded(
  configuration: ResolvedConfiguration,
  scenarios: readonly ChosenScenario[],
): NotStarted {
  const needed = neededServices(configuration, scenarios);
  const names = Object.keys(configuration.services).filter((name) => !needed.has(name));
  const services = names.map((name) => [name, withoutTags(configuration.services[name]?.neededBy)]);
  const backing = backingServiceNames
    .filter((store) => !isStoreNeeded(store, configuration, scenarios, needed))
    .map((store) => [store, unused]);
  if (Object.keys(configuration.databases).length === 0) backing.push(['postgres', noTable]);
  const databases = unneededDatabases(configuration, scenarios, needed);
  return {
    services: Object.fromEntries(services),
    backing: Object.fromEntries(backing),
    ...(databases.length === 0 ? {} : { databases: Object.fromEntries(databases) }),
  };
}

/** A database that says which tags need it, when no scenario has them and no needed service names it. */
function unneededDatabases(
  { databases }: ResolvedConfiguration,
  scenarios: readonly ChosenScenario[],
  services: ReadonlyMap<string, readonly string[]>,
): Array<readonly [string, string]> {
  const named = new Set([...services.values()].flat());
  return Object.entries(databases).flatMap(([name, { neededBy }]) => {
    const needed =
      neededBy === undefined || named.has(`databases.${name}.url`) || anyHasTags(scenarios, neededBy);
    return needed ? [] : [[name, withoutTags(neededBy)] as const];
  });
}

/** The configuration without the databases that are not needed. */
export function withoutUnneeded(
  configuration: ResolvedConfiguration,
  { databases: unneeded = {} }: NotStarted,
): ResolvedConfiguration {
  const databases = Object.entries(configuration.databases).filter(
    ([name]) => !Object.hasOwn(unneeded, name),
  );
  return { ...configuration, databases: Object.fromEntries(databases) };
}

function withoutTags(neededBy = ''): string {
  return `no chosen scenario has the tags ${neededBy}`;
}

/**
 * One line for each thing that is not started though it is declared.
 * @returns such as `inventory not started: no chosen scenario has the tags @orders`
 */
export function describeNotStarted({ services, backing, databases = {} }: NotStarted): string[] {
  const named = Object.entries(databases).map(([name, reason]) => [`database ${name}`, reason] as const);
  return [...Object.entries({ ...backing, ...services }), ...named]
    .filter(([, reason]) => reason !== noTable)
    .map(([name, reason]) => `${name.padEnd(8)} not started: ${reason}`);
}

/** The needed services, each with what it refers to. */
function neededServices(
  { services }: ResolvedConfiguration,
  scenarios: readonly ChosenScenario[],
): ReadonlyMap<string, readonly string[]> {
  const needed = new Map<string, readonly string[]>();
  const need = (name: string): void => {
    const service = services[name];
    if (service === undefined || needed.has(name)) return;
    const named = namesUsedBy(service);
    needed.set(name, named);
    for (const reference of named) need(/^services\.(.+)\.[^.]+$/.exec(reference)?.[1] ?? '');
  };
  for (const [name, { neededBy }] of Object.entries(services)) {
    if (neededBy === undefined || anyHasTags(scenarios, neededBy)) need(name);
  }
  return needed;
}

function isStoreNeeded(
  store: BackingServiceName,
  configuration: ResolvedConfiguration,
  scenarios: readonly ChosenScenario[],
  services: ReadonlyMap<string, readonly string[]>,
): boolean {
  const { neededBy } = configuration[store];
  return (
    scenarios.some(({ uses }) => uses.has(store)) ||
    (neededBy !== undefined && anyHasTags(scenarios, neededBy)) ||
    [...services.values()].flat().some((name) => storeOf(name) === store) ||
    // a service can know a fixed address without a template, and what it writes there must be reset
    (services.size > 0 && hasAddress(store, configuration))
  );
}

/** The backing service behind a name in a template, such as `databases.orders.url`. */
function storeOf(name: string): string | undefined {
  const [root] = name.split('.');
  return root === 'databases' ? 'postgres' : root;
}

function hasAddress(store: BackingServiceName, { databases, ...stores }: ResolvedConfiguration): boolean {
  switch (store) {
    case 'postgres':
      return (
        (stores.postgres.url ?? stores.postgres.port) !== undefined ||
        Object.values(databases).some(({ url }) => url !== undefined)
      );
    case 'redis':
      return (stores.redis.url ?? stores.redis.port) !== undefined;
    case 'kafka':
      return (stores.kafka.brokers ?? stores.kafka.port) !== undefined;
  }
}

/**
 * What a service refers to: by its templates, and one in this process may ask for a database at any time. A service that already runs
 * is not started with templates.
 */
function namesUsedBy(service: ServiceConfiguration): string[] {
  if (service.url !== undefined) return [];
  const handed = service.module === undefined ? [] : ['postgres.url'];
  return [...textsIn(service).flatMap(templateNames), ...handed];
}

/** The backing services that a service is told of: its templates name them. */
export function storesNamedBy(service: ServiceConfiguration): BackingServiceName[] {
  const stores = new Set(namesUsedBy(service).map(storeOf));
  return backingServiceNames.filter((store) => stores.has(store));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function anyHasTags(scenarios: readonly ChosenScenario[], expression: string): boolean {
  const parsed = parse(expression);
  return scenarios.some(({ tags }) => parsed.evaluate([...tags]));
}

/**
 * Makes sure that the tag expressions can be read.
 * @throws BrineError BRINE_CONFIG_002 naming the key of the first that cannot
 */
export function assertTagExpressions(configuration: ResolvedConfiguration): void {
  for (const store of backingServiceNames) readable(`${store}.neededBy`, configuration[store].neededBy);
  for (const [name, { neededBy }] of Object.entries(configuration.services)) {
    readable(`services.${name}.neededBy`, neededBy);
  }
  for (const [name, { neededBy }] of Object.entries(configuration.databases)) {
    readable(`databases.${name}.neededBy`, neededBy);
  }
}

function readable(key: string, expression: string | undefined): Node | undefined {
  if (expression === undefined) return undefined;
  try {
    if (expression.trim() === '') throw new Error('it is empty');
    return parse(expression);
  } catch (error) {
    throw new BrineError(
      'BRINE_CONFIG_002',
      {
        key,
        source: 'brine({...})',
        value: JSON.stringify(expression),
        reason: messageOf(error),
        suggestion: '',
        expected: 'a tag expression such as "@orders or @events", "not @slow"',
      },
      { cause: error },
    );
  }
}
