import { type BrokerConfigs, clusterWide, dynamicBrokerConfigs } from '../state/broker-configs';
import { type ConfigDefinition, configType } from '../state/config-definition';
import { topicConfigs } from '../state/topic-configs';
import { configSource } from './config-resources';

/** A setting as DescribeConfigs shows it. */
export interface DescribedConfig {
  readonly name: string;
  readonly value: string | null;
  readonly readOnly: boolean;
  readonly isDefault: boolean;
  readonly configSource: number;
  readonly isSensitive: boolean;
  readonly synonyms: readonly Synonym[];
  readonly configType: number;
  readonly documentation: string | null;
}

/** Every place that gives the setting a value, the one that counts first. */
interface Synonym {
  readonly name: string;
  readonly value: string;
  readonly source: number;
}

export function topicConfigsOf(
  own: ReadonlyMap<string, string>,
  brokers: BrokerConfigs,
  node: string,
): DescribedConfig[] {
  return [...topicConfigs.values()].map((definition) => {
    const { name, brokerName, byDefault } = definition;
    const value = own.get(name);
    return described(definition, false, [
      ...(value === undefined ? [] : [{ name, value, source: configSource.topic }]),
      ...(brokerName === undefined
        ? [{ name, value: byDefault, source: configSource.byDefault }]
        : brokerSynonyms(brokerName, byDefault, brokers, node)),
    ]);
  });
}

export function brokerConfigsOf(brokers: BrokerConfigs, node: string): DescribedConfig[] {
  const own = [...brokers.fixed, ['broker.id', node] as const, ['node.id', node] as const];
  const fixed = own.map(([name, value]) => {
    const definition: ConfigDefinition = { name, type: typeOf(value), byDefault: value, documentation: '' };
    return described(definition, true, [{ name, value, source: configSource.staticBroker }]);
  });
  const dynamic = [...dynamicBrokerConfigs.values()].map((definition) =>
    described(definition, false, brokerSynonyms(definition.name, definition.byDefault, brokers, node)),
  );
  return [...fixed, ...dynamic];
}

/** Only what was set for all brokers, which is what Kafka answers when no broker is named. */
export function clusterConfigsOf(brokers: BrokerConfigs): DescribedConfig[] {
  return [...brokers.changedFor(clusterWide)].flatMap(([name, value]) => {
    const definition = dynamicBrokerConfigs.get(name);
    return definition ? [described(definition, false, [{ name, value, source: configSource.cluster }])] : [];
  });
}

function brokerSynonyms(name: string, byDefault: string, brokers: BrokerConfigs, node: string): Synonym[] {
  const from = (values: ReadonlyMap<string, string>, source: number) => {
    const value = values.get(name);
    return value === undefined ? [] : [{ name, value, source }];
  };
  return [
    ...from(brokers.changedFor(node), configSource.broker),
    ...from(brokers.changedFor(clusterWide), configSource.cluster),
    { name, value: byDefault, source: configSource.byDefault },
  ];
}

function described(
  { name, type, documentation }: ConfigDefinition,
  readOnly: boolean,
  synonyms: readonly Synonym[],
): DescribedConfig {
  const source = synonyms[0]?.source ?? configSource.byDefault;
  return {
    name,
    value: synonyms[0]?.value ?? null,
    readOnly,
    isDefault: source === configSource.byDefault,
    configSource: source,
    isSensitive: false,
    synonyms,
    configType: configType[type],
    documentation,
  };
}

function typeOf(value: string): ConfigDefinition['type'] {
  if (/^(true|false)$/.test(value)) return 'boolean';
  return /^-?\d+$/.test(value) ? 'int' : 'string';
}
