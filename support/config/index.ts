export { type BackingServiceName, backingServiceNames } from './backing-services';
export { environmentName } from './from-environment';
export { resolveConfiguration } from './resolve';
export {
  type Configuration,
  configurationSchema,
  type DatabaseConfiguration,
  type ResolvedConfiguration,
  type ServiceConfiguration,
} from './schema';
export { type Leaf, leaves } from './walk';
