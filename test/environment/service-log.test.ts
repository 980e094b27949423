import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';
import { ServiceLog } from '../../support/environment/services/log';
import { eventually } from '../../support/time';

describe('the log of a service', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'brine-log-'));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function logOf(name: string, ...pieces: Array<string | Buffer>): Promise<ServiceLog> {
    const log = new ServiceLog(join(directory, name), () => 1);
    const source = new PassThrough();
    log.follow(source);
    for (const piece of pieces) source.write(piece);
    source.end();
    await finished(source);
    return log;
  }

  const texts = (log: ServiceLog) => log.since(0).map(({ text }) => text);

  it('has lines, however they are cut into pieces', async () => {
    const umlaut = Buffer.from('ä\r\n');
    const log = await logOf('pieces', 'one\ntw', 'o\n\n', umlaut.subarray(0, 1), umlaut.subarray(1), 'last');
    assert.deepEqual(texts(log), ['one', 'two', '', 'ä', 'last']);
  });

  it('keeps the beginning of an endless line in memory, and all of it in the file', async () => {
    const long = 'x'.repeat(60_000);
    const log = await logOf('long', long, long, '\nnext\n');
    assert.deepEqual(texts(log), [`${'x'.repeat(10_000)}... (120000 characters)`, 'next']);
    log.close();
    const written = async () => assert.equal(await readFile(log.file, 'utf8'), `${long}${long}\nnext\n`);
    await eventually(written, { withinMs: 5_000 });
  });
});
