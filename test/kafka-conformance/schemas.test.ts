import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { WireType } from '../../support/kafka-broker/wire/types';
import { succeed } from './programs';
import { kafkaJars } from './real-kafka';

type AnyType = Pick<WireType<unknown, unknown>, 'shape'>;

interface Definition {
  readonly key: number;
  readonly name: string;
  readonly versions: readonly [number, number];
  readonly flexibleSince: number;
  readonly request: AnyType;
  readonly response: AnyType;
}

const folder = join(__dirname, '../../support/kafka-broker/wire/messages');
const definitions = readdirSync(folder).flatMap((file) =>
  Object.values<Definition>(require(join(folder, file))),
);

/** A layout as Kafka's Schema prints it, without the names of fields: those need not be the same. */
function layoutOf({ shape }: AnyType, version: number, isFlexible: boolean): string {
  const compact = isFlexible ? 'COMPACT_' : '';
  switch (shape.kind) {
    case 'struct': {
      const present = shape.fields.filter(({ since, until }) => version >= since && version <= until);
      const fields = present.map(({ type }) => layoutOf(type, version, isFlexible));
      return `{${[...fields, ...(isFlexible ? ['TAGS'] : [])].join(',')}}`;
    }
    case 'array':
      return `ARRAY(${layoutOf(shape.element, version, isFlexible)})`;
    case 'string':
    case 'bytes':
      return `${compact}${shape.kind.toUpperCase()}`;
    case 'records':
      return `${compact}RECORDS`;
    default:
      return shape.kind.toUpperCase();
  }
}

/** What Kafka prints, without names of fields, what tags there are, and what may be null (some of it is not, by its code). */
function plain(schema: string): string {
  return schema
    .replaceAll(/_tagged_fields:TAGGED_FIELDS_TYPE_NAME\([^)]*\)/g, 'TAGS')
    .replaceAll(/[a-z0-9_]+:/g, '')
    .replaceAll('NULLABLE_', '')
    .replaceAll('COMPACT_ARRAY', 'ARRAY');
}

test('every message of every version is laid out as a real Kafka has it', {
  skip: kafkaJars === undefined ? 'BRINE_KAFKA_JARS names no jars' : false,
}, async () => {
  const program = join(__dirname, 'Schemas.java');
  const printed = await succeed('java', ['-cp', join(kafkaJars ?? '', '*'), program]);
  const real = new Map(
    printed
      .trim()
      .split('\n')
      .map((line) => {
        const [key, version, direction, ...schema] = line.split(' ');
        return [`${key} ${version} ${direction}`, plain(schema.join(' '))] as const;
      }),
  );
  let compared = 0;
  for (const { key, name, versions, flexibleSince, request, response } of definitions) {
    for (let version = versions[0]; version <= versions[1]; version++) {
      for (const [direction, type] of Object.entries({ request, response })) {
        const expected = real.get(`${key} ${version} ${direction}`);
        if (expected === undefined) continue; // dropped with Kafka 4 (KIP-896)
        const layout = layoutOf(type, version, version >= flexibleSince);
        assert.equal(layout, expected, `${name} v${version} ${direction}`);
        compared += 1;
      }
    }
  }
  assert.ok(compared > 150, `${compared} layouts compared`);
});
