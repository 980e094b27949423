import type { ResolvedConfiguration } from '../config';
import { fillEnvironment, fillTemplate } from './template';

/**
 * Makes sure, before anything is started, that the templates of all commands name what will be there.
 * @throws BrineError BRINE_CONFIG_003 for the first that does not, naming the nearest
 */
export function assertTemplates(configuration: ResolvedConfiguration): void {
  const values = new Map(serviceTemplateNames(configuration).map((name) => [name, '']));
  for (const [name, { command, image, module, env }] of Object.entries(configuration.services)) {
    if ((command ?? image ?? module) === undefined) continue;
    fillTemplate(command ?? '', values, `services.${name}.command`);
    fillEnvironment(env, values, `services.${name}`);
  }
  for (const [name, { migrate }] of Object.entries(configuration.databases)) {
    if (migrate === undefined) continue;
    fillEnvironment(migrate.env, new Map([['database.url', '']]), `databases.${name}.migrate`);
  }
}

/** What the templates of services may name; the lane gives the values. */
function serviceTemplateNames({ databases, kafka, services, stubs }: ResolvedConfiguration): string[] {
  const databaseNames = Object.keys(databases);
  return [
    ...(databaseNames.length === 0 ? [] : ['postgres.url']),
    ...databaseNames.map((name) => `databases.${name}.url`),
    'redis.url',
    'redis.channelPrefix',
    'kafka.brokers',
    'kafka.topicPrefix',
    ...(kafka.schemaRegistry === undefined ? [] : ['kafka.schemaRegistry']),
    'lane.index',
    ...Object.keys(services).map((name) => `services.${name}.url`),
    ...Object.keys(stubs).map((name) => `stubs.${name}.url`),
    'self.url',
    'self.port',
  ];
}
