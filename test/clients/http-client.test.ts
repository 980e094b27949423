import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { HttpClient, HttpCookies, type HttpRequest, readSetCookie, withQuery } from '../../support/clients';
import { systemClock } from '../../support/time';
import { makeCertificates } from '../kafka-broker/certificates';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function listening(t: TestContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function clientOf(t: TestContext, handler: Handler) {
  const server = createServer(handler);
  let connections = 0;
  server.on('connection', () => connections++);
  const client = new HttpClient('api', `http://${await listening(t, server)}`);
  t.after(() => client[Symbol.dispose]());
  return { client, connections: () => connections };
}

const get = (path: string, others: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  path,
  timeoutMs: 5_000,
  ...others,
});

test('a hundred requests, one after the other, use one connection', async (t) => {
  const { client, connections } = await clientOf(t, (_request, response) => response.end('x'));
  for (let count = 0; count < 100; count++) await client.send(get('/'));
  await client.send(get('/', { method: 'POST', body: '{}' }));
  assert.equal(connections(), 1);
});

test('a connection that was idle for more than a second is not used again: its server may just be ending it', async (t) => {
  const server = createServer((_request, response) => response.end('x'));
  let connections = 0;
  server.on('connection', () => connections++);
  let now = 0;
  const clock = { ...systemClock, monotonic: () => now };
  using client = new HttpClient('api', `http://${await listening(t, server)}`, {}, clock);
  const used = async (idleMs: number) => {
    now += idleMs;
    await Promise.all([client.send(get('/')), client.send(get('/'))]);
    return connections;
  };
  assert.equal(await used(0), 2, 'two at once');
  assert.equal(await used(1_000), 2);
  assert.equal(await used(1_001), 4);
  assert.equal(await used(10), 4);
});

test('bytes are sent and received as they are', async (t) => {
  const { client } = await clientOf(t, (request, response) => request.pipe(response));
  const body = Uint8Array.from({ length: 256 }, (_, index) => index);
  const { bytes } = await client.send(
    get('/', { method: 'PUT', body, headers: { 'content-type': 'image/png' } }),
  );
  assert.deepEqual(new Uint8Array(bytes), body);
});

describe('a body that is said to be deflated', () => {
  const body = 'brine '.repeat(20_000);
  const answered = async (t: TestContext, bytes: Buffer, method = 'GET') => {
    const { client } = await clientOf(t, (_request, response) => {
      response.setHeader('content-encoding', 'Deflate').write(bytes.subarray(0, 10));
      response.end(bytes.subarray(10));
    });
    return (await client.send(get('/', { method }))).text;
  };
  test('is read with a header of zlib', async (t) =>
    assert.equal(await answered(t, deflateSync(body)), body));
  test('is read without one, as some servers send it', async (t) =>
    assert.equal(await answered(t, deflateRawSync(body)), body));
  test('is empty where there is none', async (t) => {
    assert.equal(await answered(t, Buffer.alloc(0)), '');
    assert.equal(await answered(t, deflateRawSync(body), 'HEAD'), '');
  });
  test('is as much as came of it, where it was cut off', async (t) => {
    const text = await answered(t, deflateSync(body).subarray(0, 100));
    assert.ok(text.length > 0 && body.startsWith(text));
  });
  test('is told when it is neither', (t) =>
    assert.rejects(answered(t, Buffer.from('plain text')), /incorrect header check/));
  test('is not read when it is too large', (t) =>
    assert.rejects(answered(t, deflateSync(Buffer.alloc(200_000_001))), /Maximum response size reached/));
});

test('redirects are followed as far as they may be: 303 as GET without a body, 307 as it was', async (t) => {
  const seen: string[] = [];
  const { client } = await clientOf(t, (request, response) => {
    const { method, url, headers } = request;
    seen.push(`${method} ${url} ${headers['content-length'] ?? '-'} ${headers['x-kept']}`);
    const status = url === '/307' ? 307 : url === '/303' ? 303 : 200;
    if (status !== 200) response.setHeader('location', url === '/307' ? '/303' : '/end');
    response.writeHead(status).end();
  });
  const request = get('/307', { method: 'POST', body: 'abc', headers: { 'x-kept': 'k' }, redirects: 5 });
  const answer = await client.send(request);
  assert.deepEqual(seen, ['POST /307 3 k', 'POST /303 3 k', 'GET /end - k']);
  assert.deepEqual(
    answer.redirects.map(({ status, location }) => [status, location]),
    [
      [307, '/303'],
      [303, '/end'],
    ],
  );
  assert.match(answer.url, /\/end$/);
  assert.equal((await client.send({ ...request, redirects: 0 })).status, 307);
});

test('redirects that do not end are told with the way they took', async (t) => {
  const { client } = await clientOf(t, (_request, response) => {
    response.writeHead(302, { location: '/again' }).end();
  });
  await assert.rejects(client.send(get('/', { redirects: 3 })), (error: Error) => {
    assert.match(
      error.message,
      /^GET \/: more than 3 redirects were followed, and they do not end:\n {4}302 http/,
    );
    return true;
  });
});

test('credentials do not follow a redirect to another server', async (t) => {
  let authorization: string | undefined = 'never asked';
  const other = createServer((request, response) => {
    authorization = request.headers.authorization;
    response.end('there');
  });
  const address = await listening(t, other);
  const { client } = await clientOf(t, (_request, response) => {
    response.writeHead(302, { location: `http://${address}/x` }).end();
  });
  const { text } = await client.send(get('/', { redirects: 1, headers: { authorization: 'Bearer secret' } }));
  assert.equal(text, 'there');
  assert.equal(authorization, undefined);
});

test('cookies are kept by path, sent back, and dropped when they expire', async (t) => {
  const { client } = await clientOf(t, (request, response) => {
    if (request.url === '/set') response.setHeader('set-cookie', ['a=1; Path=/', 'b=2; Path=/deep']);
    if (request.url === '/unset') response.setHeader('set-cookie', 'a=; Max-Age=0; Path=/');
    response.end(request.headers.cookie ?? '-');
  });
  const cookies = new HttpCookies();
  const sent = async (path: string) => (await client.send(get(path), cookies)).text;
  assert.deepEqual([await sent('/set'), await sent('/'), await sent('/deep/er')], ['-', 'a=1', 'b=2; a=1']);
  await sent('/unset');
  assert.equal(await sent('/'), '-');
  assert.equal((await client.send(get('/'))).text, '-');
});

test('a late answer is told with the time that was waited', async (t) => {
  const { client } = await clientOf(t, () => {});
  await assert.rejects(client.send(get('/', { timeoutMs: 30 })), /^Error: there was no answer within 30 ms$/);
});

test('an unknown method and a bad path are told before anything is sent', async (t) => {
  const { client, connections } = await clientOf(t, (_request, response) => response.end());
  await assert.rejects(client.send(get('/', { method: 'PSOT' })), {
    message:
      'unknown HTTP method "PSOT"\n  -> did you mean "POST"? known: GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS  [BRINE_STEP_001]',
  });
  await assert.rejects(client.send(get('users')), /it does not begin with \/\n {2}-> write "\/users"/);
  await assert.rejects(client.send(get('http://elsewhere/')), /it is an address of its own/);
  assert.equal(connections(), 0);
});

test('a service over TLS is trusted by its own authority, and gets the certificate that it asks for', async (t) => {
  const { ca, server: own, client: alice } = await makeCertificates();
  const server = createSecureServer(
    { ...own, ca: ca.cert, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
      response.end(String(subject.CN));
    },
  );
  const url = `https://${await listening(t, server)}`;
  using client = new HttpClient('api', url, { ca: ca.cert, ...alice });
  assert.equal((await client.send(get('/'))).text, 'alice');
  using stranger = new HttpClient('api', url, { ca: ca.cert });
  await assert.rejects(stranger.send(get('/')), /certificate|alert|ECONNRESET|EPIPE/i);
  using distrustful = new HttpClient('api', url, alice);
  await assert.rejects(distrustful.send(get('/')), /certificate/);
});

test('a query is added, encoded', () => {
  assert.equal(
    withQuery('/a', [
      ['q', 'x & y'],
      ['q', 'ä'],
    ]),
    '/a?q=x%20%26%20y&q=%C3%A4',
  );
  assert.equal(withQuery('/a?b=1', [['c', '']]), '/a?b=1&c=');
  assert.equal(withQuery('/a?b=1#top', [['c', '1']]), '/a?b=1&c=1');
});

test('a set-cookie header is read with its attributes', () => {
  const { name, value, attributes } = readSetCookie('s=a=b; Path=/; HttpOnly; Max-Age=5; SameSite=Lax');
  assert.deepEqual(
    { name, value, ...attributes },
    { name: 's', value: 'a=b', path: '/', httponly: true, maxage: 5, samesite: 'Lax' },
  );
});
