/**
 * What reads and writes Avro, Protobuf and JSON Schema: loaded where a run has a schema registry, or a step names a schema. It
 * is some thirty files, which the start of every run would pay.
 */
export function schemaLibrary(): typeof import('../support/schema-registry') {
  return require('../support/schema-registry');
}
