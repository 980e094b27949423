/**
 * The layers of docs/architecture.md, checked: imports point downward only.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const clients =
  '^node_modules/(typeorm|pg|ioredis|kafkajs|supertest|tough-cookie|ajv|ajv-formats|avsc|protobufjs|autocannon|testcontainers|@testcontainers|js-redis-server)/';
/** The runner. Its languages of tags and steps are libraries of their own. */
const cucumber = '^node_modules/@cucumber/(?!tag-expressions/|cucumber-expressions/)';
/** Ties the environment to the runner, and so stands outside the layers. */
const entry = '^(index\\.ts|support/runner/.*)$';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one concept or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(support|world|step-definitions|reports)/',
        pathNot: ['reaper\\.js$', '\\.steps\\.ts$'],
      },
      to: {},
    },
    {
      name: 'foundations-use-node-only',
      comment:
        'L0: support/{config,time,errors,loopback} stand on node:* alone; the configuration may use its schema library.',
      severity: 'error',
      from: { path: '^support/(config|time|errors|loopback)/' },
      to: {
        pathNot: ['^support/(config|time|errors|loopback)/', '^node_modules/zod/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'matching-is-pure',
      comment: 'L1: support/matching knows L0 only.',
      severity: 'error',
      from: { path: '^support/matching/' },
      to: { pathNot: '^support/(matching|config|time|errors)/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'the-broker-stands-alone',
      comment:
        'L1: support/kafka-broker could be a package of its own. Two codecs are libraries: docs/decisions/0012.',
      severity: 'error',
      from: { path: '^support/kafka-broker/' },
      to: {
        pathNot: ['^support/(kafka-broker|time|errors)/', '^node_modules/(snappy|lz4-napi)/'],
        dependencyTypesNot: ['core'],
      },
    },
    {
      name: 'requests-about-groups-stand-alone',
      comment: 'L1: the reaper runs support/kafka-groups, so it loads node:* only.',
      severity: 'error',
      from: { path: '^support/kafka-groups/' },
      to: { pathNot: '^support/kafka-groups/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'machinery-does-not-know-its-users',
      comment: 'L2: support/ knows neither the world nor the steps, nor the runner.',
      severity: 'error',
      from: { path: '^support/', pathNot: entry },
      to: { path: ['^(world|step-definitions|reports|features|test|services)/', cucumber] },
    },
    {
      name: 'machinery-parts-do-not-know-each-other',
      comment: 'L2: environment, clients, stubs and network meet in the world.',
      severity: 'error',
      from: { path: '^support/(environment|clients|stubs|network|contracts|load)/' },
      to: {
        path: '^support/(environment|clients|stubs|network|contracts|load|schema-registry)/',
        pathNot: ['^support/$1/', '/facts\\.ts$'],
      },
    },
    {
      name: 'schemas-know-contracts-only',
      comment: 'L2: the schemas of events may be JSON Schemas, which contracts validate.',
      severity: 'error',
      from: { path: '^support/schema-registry/' },
      to: { path: '^support/(environment|clients|stubs|network|load)/' },
    },
    {
      name: 'clients-start-nothing',
      comment: 'L2: only the environment starts servers.',
      severity: 'error',
      from: { path: '^support/(clients|stubs|network)/' },
      to: { path: '^node_modules/(testcontainers|@testcontainers|js-redis-server)/' },
    },
    {
      name: 'the-world-uses-support-for-its-work',
      comment: 'L3: no client library in the world.',
      severity: 'error',
      from: { path: '^world/' },
      to: { path: ['^(step-definitions|reports|test|services)/', clients] },
    },
    {
      name: 'steps-only-translate',
      comment: 'L4: a step calls the world; of support it knows L0 and types.',
      severity: 'error',
      from: { path: '^step-definitions/' },
      to: {
        path: [
          '^support/(environment|stubs|network|contracts|load|schema-registry|kafka-broker)/',
          '^(reports|test|services)/',
          clients,
        ],
      },
    },
    {
      name: 'steps-know-types-of-matching-and-clients',
      severity: 'error',
      from: { path: '^step-definitions/' },
      to: { path: '^support/(matching|clients)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'reports-stand-on-foundations',
      severity: 'error',
      from: { path: '^reports/' },
      to: { path: '^(support/(?!errors|time)|world/|step-definitions/|test/|services/)' },
    },
    {
      name: 'nothing-knows-the-command-line',
      comment: 'bin/ stands on top: it translates a call, and prints what support and the catalogue say.',
      severity: 'error',
      from: { pathNot: '^(bin|test)/' },
      to: { path: '^bin/' },
    },
    {
      name: 'the-command-line-does-no-work',
      severity: 'error',
      from: { path: '^bin/' },
      to: { path: ['^(world|test|services|bench|docs)/', clients] },
    },
    {
      name: 'the-shop-knows-nothing-of-the-framework',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^(index\\.ts|support|world|step-definitions|reports|test|bench)' },
    },
    {
      name: 'one-service-does-not-know-the-other',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'the-framework-knows-nothing-of-the-shop',
      severity: 'error',
      from: { path: '^(index\\.ts|bin|support|world|step-definitions|reports)' },
      to: { path: '^services/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(reports/out|\\.ci)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
