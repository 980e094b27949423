/** The settings of a topic that can be described and changed, with Kafka's defaults. Only max.message.bytes acts. */
export const topicConfigDefaults: ReadonlyMap<string, string> = new Map([
  ['cleanup.policy', 'delete'],
  ['compression.type', 'producer'],
  ['delete.retention.ms', '86400000'],
  ['max.message.bytes', '1048588'],
  ['message.timestamp.type', 'CreateTime'],
  ['min.insync.replicas', '1'],
  ['retention.bytes', '-1'],
  ['retention.ms', '604800000'],
  ['segment.bytes', '1073741824'],
  ['segment.ms', '604800000'],
]);

/** The reason why the settings cannot be accepted, or null. */
export function configProblem(configs: ReadonlyMap<string, string>): string | null {
  for (const [name, value] of configs) {
    if (!topicConfigDefaults.has(name)) return `Unknown topic config name: ${name}`;
    if (name === 'max.message.bytes' && !/^\d{1,10}$/.test(value)) {
      return `Invalid value ${value} for configuration ${name}`;
    }
  }
  return null;
}

export function maxMessageBytes(configs: ReadonlyMap<string, string>): number {
  return Number(configs.get('max.message.bytes') ?? topicConfigDefaults.get('max.message.bytes'));
}
