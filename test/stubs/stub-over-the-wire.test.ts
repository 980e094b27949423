import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request as send } from 'node:http';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { BrineError } from '../../support/errors';
import type { JsonObject } from '../../support/matching';
import type { GivenAnswer } from '../../support/stubs/stub-answer';
import { StubServer } from '../../support/stubs/stub-server';

/** What came back until the connection ended, byte by byte. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(text, 'latin1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('latin1');
}

const get = (target: string, method = 'GET') =>
  `${method} ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;

describe('what an outside service is asked for', () => {
  const targets: ReadonlyArray<readonly [target: string, path: string, query: JsonObject]> = [
    ['//', '//', {}],
    ['//evil/x?a=1', '//evil/x', { a: '1' }],
    ['/a%2fb', '/a%2Fb', {}],
    ['/%zz', '/%zz', {}],
    ['/a/../b', '/a/../b', {}],
    ['http://other/abs?q=1', '/abs', { q: '1' }],
    ['http://[::1/x', '/x', {}],
    ['/x?tag=a&tag=b&one=', '/x', { tag: ['a', 'b'], one: '' }],
    ['/x?a?b=1', '/x', { 'a?b': '1' }],
    ['*', '*', {}],
  ];
  for (const [target, path, query] of targets) {
    test(`${target} is ${path}`, async () => {
      await using stub = await StubServer.start('bank');
      stub.respondTo({
        called: 'it',
        request: { path, query },
        turns: [{ answer: { status: 203 } }],
      });
      const answer = await raw(stub.url, get(target, target === '*' ? 'OPTIONS' : 'GET'));
      assert.match(answer, /^HTTP\/1\.1 203 /, answer);
      assert.equal(stub.received[0]!.path, target);
    });
  }

  test('a method of WebDAV is one like others', async () => {
    await using stub = await StubServer.start('bank');
    await raw(stub.url, get('/x', 'PURGE'));
    assert.equal(stub.received[0]!.method, 'PURGE');
  });

  test('what is no HTTP is refused and no call', async () => {
    await using stub = await StubServer.start('bank');
    assert.match(await raw(stub.url, 'NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 /);
    assert.equal(stub.received.length, 0);
  });

  test('all values of a header that comes more than once', async () => {
    await using stub = await StubServer.start('bank');
    await raw(
      stub.url,
      get('/x').replace('\r\n\r\n', '\r\nX-A: 1\r\nX-A: 2\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n'),
    );
    const { headers } = stub.received[0]!;
    assert.deepEqual([headers['x-a'], headers['content-type']], ['1, 2', 'a/b, c/d']);
  });

  const body = JSON.stringify({ text: 'brine' });
  const encoded: ReadonlyArray<readonly [coding: string, bytes: Buffer, seen: string]> = [
    ['gzip', gzipSync(body), body],
    ['deflate', deflateSync(body), body],
    ['deflate', deflateRawSync(body), body],
    ['deflate', Buffer.from('no deflate'), 'no deflate'],
    ['br', brotliCompressSync(body), body],
    ['GZIP, br', brotliCompressSync(gzipSync(body)), body],
    ['gzip', Buffer.from('no gzip'), 'no gzip'],
    ['identity', Buffer.from(body), body],
    ['', Buffer.from([0, 255, 1]), 'base64:AP8B'],
  ];
  for (const [coding, bytes, seen] of encoded) {
    test(`a body of ${bytes.length} bytes with the coding "${coding}" is ${seen}, in chunks or not`, async () => {
      await using stub = await StubServer.start('bank');
      for (const type of ['content-length', 'transfer-encoding']) {
        const how: Record<string, string> =
          type === 'content-length' ? { [type]: String(bytes.length) } : { [type]: 'chunked' };
        await answerTo(stub.url, {
          method: 'POST',
          headers: { ...how, 'content-encoding': coding },
          body: bytes,
        });
      }
      assert.deepEqual(
        stub.received.map((call) => call.body),
        [seen, seen],
      );
    });
  }

  test('a body of 10 MB there and back', async () => {
    await using stub = await StubServer.start('bank');
    const large = Buffer.alloc(10 * 1024 * 1024, 'x');
    stub.respondWith({ body: large });
    const answer = await answerTo(stub.url, { method: 'PUT', body: large });
    assert.equal(answer.bytes.length, large.length);
    assert.equal(stub.received[0]!.body.length, large.length);
  });

  test('a call whose caller hangs up before its end counts with what came', async () => {
    await using stub = await StubServer.start('bank');
    const socket = connect(Number(new URL(stub.url).port), '127.0.0.1');
    socket.write('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
    const called = new Promise<void>((done) => stub.onCall(done));
    await once(socket, 'connect');
    socket.end();
    await called;
    assert.equal(stub.received[0]!.body, 'abc');
  });
});

describe('what an outside service answers', () => {
  for (const status of [204, 205, 304]) {
    test(`${status} has no body, and the connection goes on`, async () => {
      await using stub = await StubServer.start('bank');
      stub.respondWith({ status, body: '{"a":1}' });
      const both = await raw(stub.url, get('/1').replace('Connection: close\r\n', '') + get('/2'));
      assert.equal(both.match(new RegExp(`HTTP/1.1 ${status} `, 'g'))?.length, 2, both);
      assert.doesNotMatch(both, /\{"a":1\}|content-type/);
    });
  }

  test('HEAD gets the headers of the body only', async () => {
    await using stub = await StubServer.start('bank');
    stub.respondWith({ body: '{"a":1}' });
    const answer = await raw(stub.url, get('/x', 'HEAD'));
    assert.match(answer, /content-length: 7\r\n/i);
    assert.doesNotMatch(answer, /"a"/);
  });

  test('headers as they are spelled, several of a name, and bytes', async () => {
    await using stub = await StubServer.start('bank');
    const headers = { 'X-Odd-Name': 'ä', 'Set-Cookie': ['a=1', 'b=2'], 'Content-Type': 'image/png' };
    stub.respondWith({ headers, body: Buffer.from([0, 255]) });
    const answer = await raw(stub.url, get('/x'));
    assert.match(answer, /X-Odd-Name: ä\r\n/);
    assert.match(answer, /Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n/);
    assert.deepEqual(answer.match(/content-type: .*/gi), ['Content-Type: image/png']);
    assert.match(answer, /Content-Length: 2\r\n/i);
    assert.ok(answer.endsWith('\r\n\r\n\x00\xff'));
  });

  test('a connection ends before the answer, after its headers, in the middle of its body', async () => {
    await using stub = await StubServer.start('bank');
    stub.respondWith('dropped');
    assert.equal(await raw(stub.url, get('/x')), '');
    stub.respondWith({ dropped: 'after the headers', body: 'abcdef' });
    assert.match(
      await raw(stub.url, get('/x')),
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 6[\s\S]*\r\n\r\n$/i,
    );
    stub.respondWith({ dropped: 'in the middle of the body', body: 'abcdef' });
    assert.match(await raw(stub.url, get('/x')), /\r\n\r\nabc$/);
  });

  const wrong: ReadonlyArray<readonly [answer: Partial<GivenAnswer>, words: RegExp]> = [
    [{ status: 101 }, /101 is no status that a response can have/],
    [{ status: 20.5 }, /20\.5 is no status/],
    [
      { headers: { 'x y': '1' } },
      /no response can have its header "x y" \(Header name must be a valid HTTP token/,
    ],
    [{ headers: { x: 'a\nb' } }, /no response can have its header "x" \(Invalid character in header content/],
    [{ headers: { x: ['a', '→'] } }, /no response can have its header "x"/],
  ];
  for (const [answer, words] of wrong) {
    test(`an answer that cannot be sent is refused where it is described: ${JSON.stringify(answer)}`, async () => {
      await using stub = await StubServer.start('bank');
      assert.throws(() => stub.respondWith(answer), words);
      assert.throws(() => stub.respondTo({ called: 'x', request: {}, turns: [{ answer }] }), words);
    });
  }

  test('a description that cannot be read is refused where it is given', async () => {
    await using stub = await StubServer.start('bank');
    const turns = [{ answer: {} }];
    const add = (body: string) => () => stub.respondTo({ called: 'POST /x', request: { body }, turns });
    assert.throws(add('#strng'), /the description of POST \/x at \$\.body has the unknown marker "#strng"/);
    assert.throws(add('#regex ('), BrineError);
    assert.throws(add('#string as id'), /a marker in it captures, but no call has come yet/);
  });
});

describe('many calls', () => {
  test('of a hundred at once two get the first answer', async () => {
    await using stub = await StubServer.start('bank');
    const turns = [{ answer: { status: 503 }, times: 2 }, { answer: { status: 201 } }];
    stub.respondTo({ called: 'it', request: {}, turns });
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const answers = await Promise.all(Array.from({ length: 100 }, () => answerTo(stub.url, { agent })));
    agent.destroy();
    assert.equal(answers.filter(({ status }) => status === 503).length, 2);
    assert.equal(answers.filter(({ status }) => status === 201).length, 98);
    assert.equal(stub.received.length, 100);
    assert.ok(stub.connections <= 20);
  });

  test('an answer that is due later is given at once when the steps are over, and then no call is left', async () => {
    await using stub = await StubServer.start('bank');
    stub.respondWith({ status: 202, delayMs: 60_000 });
    const called = new Promise<void>((done) => stub.onCall(done));
    const answer = answerTo(stub.url, { path: '/slow' });
    await called;
    assert.deepEqual(stub.underWay, ['GET /slow']);
    stub.hurry();
    assert.equal((await answer).status, 202);
    assert.deepEqual(stub.underWay, []);
  });

  test("a call that comes after the scenario is nobody's, one that began before is not the next one's", async () => {
    await using stub = await StubServer.start('bank');
    const { port } = new URL(stub.url);
    const socket = connect(Number(port), '127.0.0.1');
    const began = once(socket, 'connect');
    socket.write('POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab');
    await began;
    while (stub.underWay.length === 0) await new Promise(setImmediate);
    stub.reset();
    const ended = once(socket.resume(), 'close');
    socket.write('cd');
    await ended;
    assert.equal(stub.received.length, 0);
    stub.endScenario();
    assert.equal((await answerTo(stub.url, {})).status, 200);
    assert.equal(stub.received.length, 0);
  });
});

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
  readonly agent?: Agent;
}

async function answerTo(
  url: string,
  { body, ...options }: Asked,
): Promise<{ status: number; bytes: Buffer }> {
  const asked = send(url, options);
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode!, bytes: Buffer.concat(chunks) };
}
