import { z } from 'zod';
import { configurationSchema, environmentName, type Leaf, leaves } from '../../support/config';
import { formatDuration } from '../../support/time';
import { code, pageWith, table } from './page';

type Schema = z.core.$ZodType;

/** One key of every kind: the names that users choose stand as NAME and KEY. */
const sample = {
  kafka: { topics: { NAME: {} } },
  databases: { NAME: { migrate: { env: { KEY: '' } } } },
  services: { NAME: { env: { KEY: '' } } },
  stubs: { NAME: {} },
};

/** docs/configuration.md, made from the schema. */
export function configurationPage(): string {
  const all = leaves(configurationSchema, sample);
  const general = all.filter(({ path }) => path.length === 1);
  const groups = Object.keys(configurationSchema.shape).filter(
    (key) => !general.some(({ path }) => path[0] === key),
  );
  const sections = groups.map((group) =>
    section(
      group,
      all.filter(({ path }) => path[0] === group),
    ),
  );
  return pageWith(
    'configuration.md',
    [`## Of the whole run\n\n${keyTable(general)}`, ...sections].join('\n\n'),
  );
}

function section(group: string, keys: readonly Leaf[]): string {
  const about = descriptionOf(configurationSchema.shape[group as keyof typeof configurationSchema.shape]);
  return `## ${code(group)}\n\n${about}\n\n${keyTable(keys)}`;
}

function keyTable(keys: readonly Leaf[]): string {
  const rows = keys.map(({ path, schema }) => [
    code(path.join('.')),
    typeOf(schema),
    defaultOf(schema),
    descriptionOf(schema),
    code(environmentName(path)),
  ]);
  return table(['key', 'type', 'default', 'meaning', 'environment variable'], rows);
}

function descriptionOf(schema: Schema): string {
  const own = z.globalRegistry.get(schema)?.description;
  if (own !== undefined) return own;
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? descriptionOf(schema.def.innerType)
    : '';
}

function typeOf(schema: Schema): string {
  const title = z.globalRegistry.get(schema)?.title;
  if (title !== undefined) return title;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return typeOf(schema.def.innerType);
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => code(String(option))).join(', ');
  if (schema instanceof z.ZodNumber) return `whole number, ${rangeOf(schema)}`;
  if (schema instanceof z.ZodBoolean) return '`true` or `false`';
  if (schema instanceof z.ZodArray) return `list of ${typeOf(schema.def.element)}`;
  return schema instanceof z.ZodURL ? 'URL' : 'text';
}

function rangeOf({ minValue, maxValue }: z.ZodNumber): string {
  const bounded = maxValue !== null && maxValue < Number.MAX_SAFE_INTEGER;
  return bounded ? `${minValue} to ${maxValue}` : `${minValue} or more`;
}

function defaultOf(schema: Schema): string {
  if (!(schema instanceof z.ZodDefault)) return '';
  const { innerType, defaultValue } = schema.def;
  return code(
    typeOf(innerType) === 'duration' ? formatDuration(Number(defaultValue)) : JSON.stringify(defaultValue),
  );
}
