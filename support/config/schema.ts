import { z } from 'zod';
import { parseDuration } from '../time';

/** Names that users give: they appear in steps, templates and environment variables. */
const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]*$/i, 'a name that begins with a letter and has only letters, digits, "_" and "-"');

/** As Kafka has it; `.` and `..` are none. */
const topicName = z
  .string()
  .regex(
    /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/,
    'the name of a topic: letters, digits, ".", "_" and "-", 249 at most',
  );

/** Milliseconds, or text such as `5 seconds`; milliseconds afterwards. */
const duration = z
  .custom<number | string>(
    (value) => millisecondsOf(value) !== undefined,
    'a duration such as "5 seconds" or "200 ms", or a number of milliseconds',
  )
  .transform((value) => millisecondsOf(value) ?? 0)
  .meta({ title: 'duration' });

function millisecondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  return /^\d+$/.test(value) ? Number(value) : parseDuration(value);
}

const port = z.number().int().min(1).max(65_535);
const provider = z.enum(['auto', 'container', 'compose', 'embedded', 'external']);
const httpUrl = z.url({ protocol: /^https?$/, error: 'an http:// or https:// URL' });
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: 'a postgresql:// URL' });
const ownProvider = provider.optional().describe('Instead of the `provider` of all.');
/** What needs a backing service is known of steps and templates; this is for hooks, and for what is not. */
const alsoNeededBy = z
  .string()
  .optional()
  .describe(
    'Tag expression: scenarios that need it although none of their steps uses it, because a hook does.',
  );
/** `512m` is 536870912. */
const size = z
  .custom<number | string>(
    (value) => bytesOf(value) !== undefined,
    'a size such as "512m" or "1.5g", or a number of bytes',
  )
  .transform((value) => bytesOf(value) ?? 0)
  .meta({ title: 'size' });

function bytesOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value > 0 ? Math.ceil(value) : undefined;
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmg]?)b?$/i.exec(String(value)) ?? [];
  if (typeof value !== 'string' || count === undefined) return undefined;
  const bytes = Math.ceil(Number(count) * 1024 ** ' kmg'.indexOf(unit.toLowerCase() || ' '));
  return bytes > 0 ? bytes : undefined;
}

/** What a container may use, and how long it and its data stay. */
const ofContainer = {
  memory: size
    .optional()
    .describe('Memory of the container: `512m`. What it keeps in memory instead of on disk counts, too.'),
  cpus: z
    .number()
    .positive()
    .meta({ title: 'number above 0' })
    .optional()
    .describe('Processors of the container: `1.5`.'),
  reuse: z
    .boolean()
    .default(false)
    .describe('The container stays for the next run, which finds it by its settings; nothing removes it.'),
  durable: z
    .boolean()
    .default(false)
    .describe('The data in the container survive a restart; for scenarios that restart it. Slower.'),
};
const globs = z.array(z.string()).default([]);
const environment = (about: string) => z.record(z.string(), z.string().describe(about)).default({});

const postgres = z.strictObject({
  provider: ownProvider,
  neededBy: alsoNeededBy,
  url: postgresUrl
    .optional()
    .describe('Server for the external provider; Brine makes databases of its own there.'),
  image: z.string().default('postgres:17-alpine').describe('Image for the container provider.'),
  ...ofContainer,
  port: port.optional().describe('Port of the embedded server; a free one unless given.'),
  user: z
    .string()
    .optional()
    .describe('Operating-system user of the embedded server when Brine runs as root; `nobody` unless given.'),
});

const redis = z.strictObject({
  provider: ownProvider,
  neededBy: alsoNeededBy,
  url: z
    .url({ protocol: /^rediss?$/, error: 'a redis:// URL' })
    .optional()
    .describe('Server for the external provider; a database number in it is the one of the first lane.'),
  image: z.string().default('redis:7-alpine').describe('Image for the container provider.'),
  ...ofContainer,
  binary: z
    .string()
    .optional()
    .describe('Path of a `redis-server` program for the embedded provider, instead of js-redis-server.'),
  port: port.optional().describe('Port of the first lane of the embedded provider; a free one unless given.'),
  mayReset: z
    .boolean()
    .default(false)
    .describe('An external server is flushed between scenarios only when this says so.'),
});

const embeddedRegistry = 'embedded';
const schemaRegistry = z
  .custom<string>(
    (value) => value === embeddedRegistry || httpUrl.safeParse(value).success,
    '"embedded", or the http:// or https:// URL of a schema registry',
  )
  .meta({ title: 'text' });

const kafka = z.strictObject({
  provider: ownProvider,
  neededBy: alsoNeededBy,
  brokers: z
    .array(z.string().regex(/^[^:\s]+:\d+$/, 'host:port'))
    .min(1)
    .optional()
    .describe('`host:port` of the brokers for the external provider.'),
  image: z.string().default('confluentinc/cp-kafka:8.1.0').describe('Image for the container provider.'),
  ...ofContainer,
  port: port.optional().describe('Port of the first lane of the embedded broker; a free one unless given.'),
  eventMemory: size
    .default(64 * 1024 ** 2)
    .describe(
      'Memory for the recorded events of a scenario, in each lane, about: `64m`. Beyond it the oldest are let go, and that is said.',
    ),
  schemaRegistry: schemaRegistry
    .optional()
    .describe(
      'The schemas of events in Avro, Protobuf and JSON Schema: `embedded` is a registry of each lane of its own; else the URL of one (`https://user:password@host:8081`; the password is masked like `secrets`).',
    ),
  topics: z
    .record(
      topicName,
      z.strictObject({
        partitions: z
          .number()
          .int()
          .min(1)
          .max(10_000)
          .default(1)
          .describe('Partitions of the topic, which is created before the services start.'),
      }),
    )
    .default({}),
});

const migration = z.strictObject({
  command: z
    .string()
    .min(1)
    .describe('Command line, run by the shell, that migrates the database at `{{database.url}}`.'),
  cwd: z.string().default('.').describe('Folder it runs in, relative to the project.'),
  env: environment('An environment variable of the command; may hold `{{database.url}}`.'),
});

const database = z.strictObject({
  migrate: migration.optional().describe('A command that migrates the database.'),
  sql: globs.describe('Migrations as SQL files (globs), in the order of their names.'),
  inputs: globs.describe(
    'Files (globs) that decide what the migrated database looks like; a change makes a new template.',
  ),
  seed: globs.describe('SQL files (globs), run after the migrations.'),
  neededBy: z
    .string()
    .optional()
    .describe(
      'Tag expression: made only when a chosen scenario has these tags, or a service that is started names it in a template. Without it, always.',
    ),
  settledWhenNoRows: z
    .string()
    .optional()
    .describe('Before a reset Brine waits until this query gives no rows: what services still mean to do.'),
  url: postgresUrl.optional().describe('An existing database, used as it is.'),
  mayReset: z
    .boolean()
    .default(false)
    .describe(
      'An existing database is reset between scenarios only when this says so, or when its name has the test prefix.',
    ),
});

const tls = z.strictObject({
  ca: z.string().optional().describe('PEM file of the authority that signed its certificate.'),
  cert: z
    .string()
    .optional()
    .describe('PEM file of the certificate that Brine shows, where it asks for one.'),
  key: z.string().optional().describe('PEM file of the key of that certificate.'),
});

const service = z.strictObject({
  command: z
    .string()
    .min(1)
    .optional()
    .describe('Command line, run by the shell, that starts the service; may hold templates.'),
  image: z
    .string()
    .min(1)
    .optional()
    .describe('Image that the service is run from; `command`, when given, goes before its own.'),
  compose: z
    .string()
    .min(1)
    .optional()
    .describe('Name of the service in `compose.file`, of which each lane gets a copy; instead of `image`.'),
  module: z
    .string()
    .min(1)
    .optional()
    .describe(
      "TypeScript or JavaScript file, relative to the project, that is the service: it runs in Brine's own process; instead of `command`.",
    ),
  export: z.string().min(1).default('start').describe('The function of `module` that starts the service.'),
  containerPort: port
    .optional()
    .describe(
      'Port that the service listens on in its container, as `{{self.port}}`; goes with `image` and `compose`.',
    ),
  cwd: z.string().default('.').describe('Folder it runs in, relative to the project.'),
  env: environment('An environment variable of the service; may hold templates such as `{{redis.url}}`.'),
  url: httpUrl.optional().describe('A service that already runs; goes before `command`.'),
  neededBy: z
    .string()
    .optional()
    .describe(
      'Tag expression, such as `@orders or @events`: started only when a chosen scenario has these tags, or a service that is started names it in a template. Without it, always.',
    ),
  health: z
    .string()
    .startsWith('/', 'a path that begins with "/"')
    .default('/health')
    .describe('Path that answers 2xx when the service is ready.'),
  tls: tls
    .optional()
    .describe(
      'The service is spoken with over TLS; files are relative to the project. `{}`: nothing but that.',
    ),
  openapi: z
    .string()
    .min(1)
    .optional()
    .describe('Its OpenAPI document (3.0 or 3.1, JSON or YAML), relative to the project, for `conforms to`.'),
  port: port.optional().describe('Port of the first lane, as `{{self.port}}`; a free one unless given.'),
  startTimeout: duration.optional().describe('Instead of the `startTimeout` of all.'),
});

/** A backing service of a compose file. */
const composed = (ownPort: number) => ({
  service: z.string().min(1).describe('Its name in the compose file.'),
  port: port.default(ownPort).describe('Its port in its container, which the file must publish.'),
});

const compose = z.strictObject({
  file: z.string().default('docker-compose.yml').describe('The compose file, relative to the project.'),
  services: z
    .strictObject({
      postgres: z.strictObject(composed(5432)).optional(),
      redis: z
        .strictObject({
          ...composed(6379),
          password: z.string().optional().describe('What the server was given with `requirepass`.'),
        })
        .optional(),
      kafka: z.strictObject(composed(9092)).optional(),
    })
    .prefault({}),
});

const stub = z.strictObject({
  port: port.optional().describe('Port of the first lane; a free one unless given.'),
});

/** The configuration of Brine: what `brine({...})` takes. Every value can also come from the environment. */
export const configurationSchema = z.strictObject({
  provider: provider
    .default('auto')
    .describe('Provider of every backing service that does not name its own; see environments.md.'),
  useContainers: z
    .boolean()
    .optional()
    .describe('true: containers, false: no containers; short for `provider`, which goes before it.'),
  postgres: postgres
    .prefault({})
    .describe('The PostgreSQL server. It is started when a database is declared.'),
  redis: redis.prefault({}).describe('The Redis server.'),
  kafka: kafka.prefault({}).describe('The Kafka cluster.'),
  compose: compose
    .prefault({})
    .describe(
      'Backing services of a compose file, for the provider `compose`; `auto` prefers those that are named here to containers of its own.',
    ),
  databases: z
    .record(name, database)
    .default({})
    .describe('The databases of the services under test, by name.'),
  services: z.record(name, service).default({}).describe('The services under test, by name.'),
  stubs: z
    .record(name, stub)
    .default({})
    .describe('Outside services that Brine plays, by name: one HTTP server each.'),
  unusedStubs: z
    .enum(['fail', 'report', 'ignore'])
    .default('fail')
    .describe(
      'What becomes of a scenario that describes an answer of an outside service in a step of its own, which nobody asks for and no step counts: it fails, or its report says so. Steps of a Background need not be called.',
    ),
  apiUrl: httpUrl.optional().describe('URL of the first declared service, where it already runs.'),
  steps: z
    .array(z.string())
    .default(['features/**/*.steps.{ts,js}'])
    .describe("The project's own step files (globs); see the README."),
  parallel: z
    .number()
    .int()
    .min(0)
    .max(64)
    .default(0)
    .describe('Workers, each with a lane of its own; 0 is one lane on the main thread.'),
  cleanupAfterTest: z
    .boolean()
    .default(true)
    .describe(
      "false: the reset comes before the next scenario instead, so that the last one's data can be looked at.",
    ),
  testDataDir: z.string().default('test-data').describe('Folder of the files that steps name.'),
  timeout: duration.default(15_000).describe('What a step may take.'),
  startTimeout: duration
    .default(60_000)
    .describe('What the start of one backing service or service may take.'),
  settleTimeout: duration
    .default(5_000)
    .describe(
      'How long Brine waits, before a reset, for consumers to catch up, and for calls that the scenario has described.',
    ),
  retryCount: z
    .number()
    .int()
    .min(0)
    .max(10)
    .default(1)
    .describe('How often a failed start of a backing service or service is tried again.'),
  retryDelay: duration.default(200).describe('Pause before a failed start is tried again.'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(4_294_967_295)
    .optional()
    .describe(
      'What the data of factories and `faker` are made from; another one in each run unless given, and told where a scenario fails.',
    ),
  testPrefix: z
    .string()
    .regex(/^[a-z][a-z0-9_]*_$/, 'a prefix in lower case that ends in "_"')
    .default('brine_')
    .describe(
      'Only what has a name with this prefix is for Brine to delete on a server that is not its own.',
    ),
  secrets: z
    .array(z.string().min(4))
    .default([])
    .describe('Values that are masked in everything that is printed or reported.'),
  reports: z
    .strictObject({
      directory: z.string().default('reports/out').describe('Where the reports are written.'),
      title: z.string().default('Acceptance tests').describe('Title of the HTML report.'),
    })
    .prefault({})
    .describe('The reports of a run.'),
});

/** What users write. */
export type Configuration = z.input<typeof configurationSchema>;
/** What Brine works with: every default filled in. Plain data. */
export type ResolvedConfiguration = z.output<typeof configurationSchema>;
export type ServiceConfiguration = ResolvedConfiguration['services'][string];
export type DatabaseConfiguration = ResolvedConfiguration['databases'][string];
