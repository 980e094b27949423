import { z } from 'zod';
import { parseDuration } from '../time';

/** Names that users give: they appear in steps, templates and environment variables. */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/i, 'a name that begins with a letter and has only letters, digits, "_" and "-"');

/** Milliseconds, or text such as `5 seconds`; milliseconds afterwards. */
const duration = z
  .custom<number | string>(
    (value) => millisecondsOf(value) !== undefined,
    'a duration such as "5 seconds" or "200 ms", or a number of milliseconds',
  )
  .transform((value) => millisecondsOf(value) ?? 0);

function millisecondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  return /^\d+$/.test(value) ? Number(value) : parseDuration(value);
}

const port = z.number().int().min(1).max(65_535);
const provider = z.enum(['auto', 'container', 'embedded', 'external']);
const httpUrl = z.url({ protocol: /^https?$/, error: 'an http:// or https:// URL' });

const postgres = z.strictObject({
  provider: provider.optional(),
  /** Server for the external provider; Brine makes its own databases there. */
  url: z.url({ protocol: /^postgres(ql)?$/, error: 'a postgresql:// URL' }).optional(),
  image: z.string().default('postgres:17-alpine'),
  /** Port of the embedded server; a free one unless given. */
  port: port.optional(),
  /** Operating-system user of the embedded server when Brine runs as root. */
  user: z.string().optional(),
});

const redis = z.strictObject({
  provider: provider.optional(),
  url: z.url({ protocol: /^rediss?$/, error: 'a redis:// URL' }).optional(),
  image: z.string().default('redis:7-alpine'),
  /** Path of a redis-server program for the embedded provider, instead of js-redis-server. */
  binary: z.string().optional(),
  port: port.optional(),
  /** An external server is flushed between scenarios only when this says so. */
  mayReset: z.boolean().default(false),
});

const kafka = z.strictObject({
  provider: provider.optional(),
  brokers: z
    .array(z.string().regex(/^[^:\s]+:\d+$/, 'host:port'))
    .min(1)
    .optional(),
  image: z.string().default('confluentinc/cp-kafka:8.1.0'),
  port: port.optional(),
  /** Topics that exist before the services start. */
  topics: z
    .record(z.string(), z.strictObject({ partitions: z.number().int().min(1).default(1) }))
    .default({}),
});

const command = z.strictObject({
  /** Command line, run by the shell. */
  command: z.string().min(1),
  /** Folder it runs in, relative to the project. */
  cwd: z.string().default('.'),
  /** Environment variables; values may hold templates such as `{{databases.orders.url}}`. */
  env: z.record(z.string(), z.string()).default({}),
});

const database = z.strictObject({
  /** A command that migrates the database at `{{database.url}}`. */
  migrate: command.optional(),
  /** Migrations as SQL files (globs), in the order of their names. */
  sql: z.array(z.string()).default([]),
  /** Files (globs) that decide what the migrated database looks like; a change makes a new template. */
  inputs: z.array(z.string()).default([]),
  /** SQL files (globs) run after the migrations. */
  seed: z.array(z.string()).default([]),
  /** Before a reset Brine waits until this query gives no rows: what services still mean to do. */
  settledWhenNoRows: z.string().optional(),
  /** An existing database, used as it is. */
  url: z.url({ protocol: /^postgres(ql)?$/, error: 'a postgresql:// URL' }).optional(),
  /** An existing database is reset between scenarios only when this says so (or its name has the test prefix). */
  mayReset: z.boolean().default(false),
});

const service = z.strictObject({
  /** Command line that starts the service. */
  command: z.string().min(1).optional(),
  cwd: z.string().default('.'),
  env: z.record(z.string(), z.string()).default({}),
  /** A service that already runs. */
  url: httpUrl.optional(),
  /** Path that answers 2xx when the service is ready. */
  health: z.string().startsWith('/', 'a path that begins with "/"').default('/health'),
  /** A free port unless given. */
  port: port.optional(),
  startTimeout: duration.optional(),
});

const stub = z.strictObject({ port: port.optional() });

/** The configuration of Brine: what `brine({...})` takes. Every value can also come from the environment. */
export const configurationSchema = z.strictObject({
  /** Provider of every backing service that does not name its own. */
  provider: provider.default('auto'),
  /** true: containers, false: no containers; the short form of `provider`. */
  useContainers: z.boolean().optional(),
  postgres: postgres.prefault({}),
  redis: redis.prefault({}),
  kafka: kafka.prefault({}),
  databases: z.record(name, database).default({}),
  services: z.record(name, service).default({}),
  /** Outside services that Brine plays, one HTTP server each. */
  stubs: z.record(name, stub).default({}),
  /** URL of the first declared service, where it already runs. */
  apiUrl: httpUrl.optional(),
  /** Workers, each with a lane of its own; 0 is one lane on the main thread. */
  parallel: z.number().int().min(0).max(64).default(0),
  /** false: the reset comes before the next scenario instead, so that the last one's data can be looked at. */
  cleanupAfterTest: z.boolean().default(true),
  /** Folder of the files that steps name. */
  testDataDir: z.string().default('test-data'),
  /** What a step may take. */
  timeout: duration.default(15_000),
  /** What the start of one backing service or service may take. */
  startTimeout: duration.default(60_000),
  /** How long Brine waits, before a reset, for consumers to catch up. */
  settleTimeout: duration.default(5_000),
  /** How often a failed start of a backing service or service is tried again. */
  retryCount: z.number().int().min(0).max(10).default(1),
  /** Pause before a failed start is tried again. */
  retryDelay: duration.default(200),
  /** Only what has a name with this prefix is Brine's to delete on a server that is not its own. */
  testPrefix: z
    .string()
    .regex(/^[a-z][a-z0-9_]*_$/, 'a prefix in lower case that ends in "_"')
    .default('brine_'),
  /** Values that are masked wherever they appear in evidence. */
  secrets: z.array(z.string().min(4)).default([]),
  reports: z
    .strictObject({
      directory: z.string().default('reports/out'),
      title: z.string().default('Acceptance tests'),
    })
    .prefault({}),
});

/** What users write. */
export type Configuration = z.input<typeof configurationSchema>;
/** What Brine works with: every default filled in. Plain data. */
export type ResolvedConfiguration = z.output<typeof configurationSchema>;
export type ServiceConfiguration = ResolvedConfiguration['services'][string];
export type DatabaseConfiguration = ResolvedConfiguration['databases'][string];
