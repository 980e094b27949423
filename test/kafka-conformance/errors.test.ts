import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ErrorCode, errorCodeOf, errorMessageOf, errorNames } from '../../support/kafka-broker/error-code';
import { succeed } from './programs';
import { kafkaJars } from './real-kafka';

test('every error of Kafka is known by its code, its name and its message, and no other', {
  skip: kafkaJars === undefined ? 'BRINE_KAFKA_JARS names no jars' : false,
}, async () => {
  const program = join(__dirname, 'PrintErrors.java');
  const printed = await succeed('java', ['-cp', join(kafkaJars ?? '', '*'), program]);
  const real = printed
    .trim()
    .split('\n')
    .map((line) => line.match(/^(-?\d+) (\w+) (.*)$/)?.slice(1) ?? [line])
    .filter(([code]) => code !== '0');
  const known = errorNames.map((name) => {
    const code = errorCodeOf(name) ?? Number.NaN;
    return [String(code), name, errorMessageOf(code)];
  });
  assert.deepEqual(known, real);
  assert.ok(real.length > 130);
});

test('an error is given by its name or its code; "no error" is none', () => {
  assert.equal(errorCodeOf('DELEGATION_TOKEN_EXPIRED'), ErrorCode.delegationTokenExpired);
  assert.equal(errorCodeOf(133), 133);
  for (const none of [0, 'NONE', 9_999, 'NO_SUCH_ERROR']) assert.equal(errorCodeOf(none), undefined);
  assert.equal(errorMessageOf(ErrorCode.none), null);
});
