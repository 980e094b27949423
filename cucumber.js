const { brine } = require('./index.js');

/** The shop: two services with a database each, their topics, and the payment provider that Brine plays. */
const shop = {
  databases: {
    orders: {
      migrate: {
        command: 'node --require ts-node/register src/migrate.ts',
        cwd: 'services/orders',
        env: { DATABASE_URL: '{{database.url}}' },
      },
      inputs: ['services/orders/src/migrations/**'],
      seed: ['services/orders/seed.sql'],
      settledWhenNoRows: 'SELECT 1 FROM outbox WHERE published_at IS NULL',
    },
    inventory: {
      migrate: {
        command: 'node --require ts-node/register src/migrate.ts',
        cwd: 'services/inventory',
        env: { DATABASE_URL: '{{database.url}}' },
      },
      inputs: ['services/inventory/src/migrations/**'],
      seed: ['services/inventory/seed.sql'],
    },
    vocabulary: { sql: ['features/vocabulary/migrations/*.sql'], neededBy: '@vocabulary and @database' },
  },
  kafka: {
    schemaRegistry: 'embedded',
    topics: {
      order_events: { partitions: 3 },
      stock_events: { partitions: 3 },
      'order_events.dlq': {},
      letters: { partitions: 3 },
      'letters.dlq': {},
      answers: {},
    },
  },
  stubs: { payments: {}, partner: {} },
  services: {
    orders: {
      command: 'node --require ts-node/register src/main.ts',
      cwd: 'services/orders',
      env: {
        PORT: '{{self.port}}',
        DATABASE_URL: '{{databases.orders.url}}',
        REDIS_URL: '{{redis.url}}',
        KAFKA_BROKERS: '{{kafka.brokers}}',
        KAFKA_TOPIC_PREFIX: '{{kafka.topicPrefix}}',
        PAYMENT_URL: '{{stubs.payments.url}}',
        ADMIN_TOKEN: 'shop-admin-token',
      },
    },
    inventory: {
      command: 'node --require ts-node/register src/main.ts',
      cwd: 'services/inventory',
      env: {
        PORT: '{{self.port}}',
        DATABASE_URL: '{{databases.inventory.url}}',
        KAFKA_BROKERS: '{{kafka.brokers}}',
        KAFKA_TOPIC_PREFIX: '{{kafka.topicPrefix}}',
      },
      neededBy: '(@orders or @events) and not @vocabulary', // the others speak with the orders service, the cache or a database only
    },
    echo: {
      command: 'node --require ts-node/register features/vocabulary/service/echo.ts',
      env: {
        PORT: '{{self.port}}',
        REDIS_URL: '{{redis.url}}',
        CHANNEL_PREFIX: '{{redis.channelPrefix}}',
        PARTNER_URL: '{{stubs.partner.url}}',
        KAFKA_BROKERS: '{{kafka.brokers}}',
        KAFKA_TOPIC_PREFIX: '{{kafka.topicPrefix}}',
        SCHEMA_REGISTRY_URL: '{{kafka.schemaRegistry}}',
      },
      openapi: 'features/vocabulary/service/openapi.yaml',
      neededBy: '@vocabulary',
    },
    listener: {
      command: 'node --require ts-node/register features/vocabulary/service/listener.ts',
      env: {
        PORT: '{{self.port}}',
        KAFKA_BROKERS: '{{kafka.brokers}}',
        KAFKA_TOPIC_PREFIX: '{{kafka.topicPrefix}}',
      },
      neededBy: '@vocabulary and @events',
    },
    bank: { module: 'features/vocabulary/service/bank.ts', neededBy: '@in-process' },
  },
  testDataDir: 'features/vocabulary/data',
  secrets: ['shop-admin-token'],
  reports: { title: 'The shop' },
};

module.exports = {
  default: brine(shop),
  embedded: brine({ ...shop, provider: 'embedded' }),
  container: brine({ ...shop, provider: 'container' }),
  external: brine({ ...shop, provider: 'external' }),
  ci: { ...brine({ ...shop, provider: 'embedded', parallel: 2 }), order: 'random' },
};
