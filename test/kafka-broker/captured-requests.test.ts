import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { contextOf } from '../../support/kafka-broker/wire/api-definition';
import { readFlexibleHeaderEnd, readRequestHeader } from '../../support/kafka-broker/wire/headers';
import { WireReader } from '../../support/kafka-broker/wire/reader';
import { WireWriter } from '../../support/kafka-broker/wire/writer';
import { type AnyType, definitions, rewritable } from './message-values';

const captured = readFileSync(join(__dirname, 'captured-requests.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t') as [api: string, version: string, client: string, hex: string]);

for (const [name, version, client, hex] of captured) {
  test(`${name} v${version} of ${client} is read to its end, and written again as it came`, () => {
    const api = definitions.find((each) => each.name === name);
    assert.ok(api);
    const frame = Buffer.from(hex, 'hex');
    const reader = new WireReader(frame);
    const header = readRequestHeader(reader);
    assert.deepEqual([header.apiKey, header.apiVersion], [api.key, Number(version)]);
    const context = contextOf(api, header.apiVersion);
    if (context.flexible) readFlexibleHeaderEnd(reader);
    const start = frame.length - reader.remaining;
    const request = api.request.read(reader, context);
    assert.equal(reader.remaining, 0);
    const writer = new WireWriter();
    (api.request as AnyType).write(writer, rewritable(api.request, request), context);
    assert.equal(writer.toBuffer().toString('hex'), frame.subarray(start).toString('hex'));
  });
}
