export {
  type Attributes,
  attributesOf,
  Factories,
  type Factory,
  type FactoryContext,
  type FactoryDefinition,
  Reference,
} from './factory';
export { FakeData } from './fake-data';
