import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { publishOrder } from './order-events';

/** What the features of the vocabulary speak with: a service that shows what it was sent, and some of what services do. */

interface Call {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Buffer;
  readonly response: ServerResponse;
}

type Endpoint = (call: Call) => void | Promise<void>;

const items = Array.from({ length: 23 }, (_, index) => ({ id: index + 1, name: `item ${index + 1}` }));
/** How often each job was asked for, and who has which seat. */
const jobs = new Map<string, number>();
const seats = new Map<string, string>();
let tokens = 0;
/** Connects when it is first used. */
const redis = new Redis(process.env.REDIS_URL ?? '', { lazyConnect: true });

function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

const echo: Endpoint = ({ request, url, body, response }) => {
  const query = [...url.searchParams].map(([name, value]) => ({ name, value }));
  const value = {
    method: request.method,
    path: url.pathname,
    query,
    headers: request.headers,
    body: body.toString(),
  };
  json(response, 200, value);
};

const mirror: Endpoint = ({ request, body, response }) => {
  response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'text/plain' }).end(body);
};

const compressors = { br: brotliCompressSync, gzip: gzipSync, deflate: deflateSync };

const compressed: Endpoint = ({ request, response }) => {
  const accepted = String(request.headers['accept-encoding']);
  const coding = (['br', 'gzip', 'deflate'] as const).find((name) => accepted.includes(name));
  const body = JSON.stringify({ text: 'brine '.repeat(100) });
  response.setHeader('content-type', 'application/json');
  if (coding === undefined) response.end(body);
  else response.setHeader('content-encoding', coding).end(compressors[coding](body));
};

const secret: Endpoint = ({ request, response }) => {
  const { authorization = '' } = request.headers;
  const basic = `Basic ${Buffer.from('ada:engine').toString('base64')}`;
  if (authorization === basic || /^Bearer token-\d+$/.test(authorization))
    json(response, 200, { authorization });
  else json(response, 401, { error: 'who are you?' }, { 'www-authenticate': 'Basic realm="echo"' });
};

const token: Endpoint = ({ request, body, response }) => {
  const client = Buffer.from('shop:s3cret').toString('base64');
  const wanted = new URLSearchParams(body.toString()).get('grant_type');
  if (request.headers.authorization !== `Basic ${client}` || wanted !== 'client_credentials')
    return json(response, 401, { error: 'invalid_client' });
  tokens += 1;
  json(response, 200, { access_token: `token-${tokens}`, token_type: 'Bearer', expires_in: 3600 });
};

const login: Endpoint = ({ body, response }) => {
  const user = new URLSearchParams(body.toString()).get('username') ?? 'nobody';
  response.setHeader('set-cookie', [`session=${user}; Path=/; HttpOnly; SameSite=Lax`, 'seen=1']);
  response.writeHead(303, { location: '/me' }).end();
};

const me: Endpoint = ({ request, response }) => {
  const [, user] = /session=([^;]+)/.exec(request.headers.cookie ?? '') ?? [];
  if (user === undefined) response.writeHead(302, { location: '/login-page' }).end();
  else json(response, 200, { user });
};

const loginPage: Endpoint = ({ response }) => {
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>Sign in</title>');
};

const errorPage: Endpoint = ({ response }) => {
  response.writeHead(502, { 'content-type': 'text/html' });
  response.end('<html><head><title>502 Bad Gateway</title></head></html>');
};

const catalogue: Endpoint = ({ url, response }) => {
  const number = Number(url.searchParams.get('page') ?? url.searchParams.get('after') ?? 1);
  const offset = Number(url.searchParams.get('offset') ?? (number - 1) * 10);
  const page = items.slice(offset, offset + 10);
  const next = number * 10 < items.length ? number + 1 : undefined;
  const link = next === undefined ? '' : `</items?page=1>; rel="first", </items?page=${next}>; rel="next"`;
  const body = {
    items: page,
    total: items.length,
    next: next && `/items?page=${next}`,
    cursor: next ?? null,
  };
  json(response, 200, body, link === '' ? {} : { link });
};

const job: Endpoint = ({ url, response }) => {
  const asked = (jobs.get(url.pathname) ?? 0) + 1;
  jobs.set(url.pathname, asked);
  json(response, 200, { status: asked < 4 ? 'running' : 'done', asked });
};

const seat: Endpoint = ({ url, body, response }) => {
  const { name = 'somebody' } = JSON.parse(body.toString() || '{}');
  const holder = seats.get(url.pathname);
  if (holder === undefined) seats.set(url.pathname, name);
  if (holder === undefined) json(response, 201, { name });
  else json(response, 409, { error: 'taken' });
};

const book: Endpoint = ({ url, response }) => {
  const id = Number(url.pathname.split('/')[2]);
  if (id === 1) json(response, 200, { id, title: 'On salt', published: '2024-05-01', pages: 120 });
  else if (id === 2)
    json(response, 200, { id: '2', title: null }); // not as its document says
  else if (id === 3)
    json(response, 410, { error: 'gone' }); // a status that its document does not know
  else json(response, 404, { error: 'no such book' });
};

/** Hands its body on. Channels belong to the whole server, so their names begin as the service was told. */
const channel: Endpoint = async ({ url, body, response }) => {
  const name = decodeURIComponent(url.pathname.split('/')[2] ?? '');
  await redis.publish(`${process.env.CHANNEL_PREFIX}${name}`, body);
  json(response, 202, { status: 'published' });
};

/** Publishes an order in Avro, Protobuf or JSON with a JSON Schema. */
const order: Endpoint = async ({ url, body, response }) => {
  const format = url.pathname.split('/')[2] ?? '';
  const { id } = JSON.parse(body.toString());
  await publishOrder(format, id);
  json(response, 202, { id });
};

/** Hands a request on to the partner, and the partner's answer back; how often it asks again, and after what pause, is in headers. */
const partner: Endpoint = async ({ request, url, body, response }) => {
  const { 'x-attempts': attempts = '1', 'x-pause': pause = '0', 'x-trace': trace = '' } = request.headers;
  for (let left = Number(attempts); ; left--) {
    const answer = await asked(
      `${url.pathname.slice('/partner'.length)}${url.search}`,
      request,
      body,
      String(trace),
    );
    if (answer.status < 500 || left <= 1) {
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    await setTimeout(Number(pause));
  }
};

async function asked(path: string, { method = 'GET' }: IncomingMessage, body: Buffer, trace: string) {
  try {
    const init = { method, headers: { 'content-type': 'application/json', 'x-trace': trace } };
    const withBody = body.length === 0 ? init : { ...init, body };
    const answer = await fetch(`${process.env.PARTNER_URL}${path}`, withBody);
    const headers = Object.fromEntries(
      [...answer.headers].filter(([name]) => /^(content-type|x-.*)$/.test(name)),
    );
    return { status: answer.status, headers, body: await answer.text() };
  } catch (error) {
    const { code = 'unknown' } = (error as { cause?: { code?: string } }).cause ?? {};
    return {
      status: 502,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error: code }),
    };
  }
}

const endpoints: ReadonlyArray<readonly [RegExp, Endpoint]> = [
  [/^\/health$/, ({ response }) => json(response, 200, { status: 'up' })],
  [/^\/echo/, echo],
  [/^\/mirror$/, mirror],
  [/^\/compressed$/, compressed],
  [/^\/secret$/, secret],
  [/^\/token$/, token],
  [/^\/login$/, login],
  [/^\/login-page$/, loginPage],
  [/^\/me$/, me],
  [/^\/error-page$/, errorPage],
  [/^\/items$/, catalogue],
  [/^\/jobs\//, job],
  [/^\/seats\//, seat],
  [/^\/books$/, ({ body, response }) => json(response, 201, JSON.parse(body.toString()))],
  [/^\/books\//, book],
  [/^\/channels\//, channel],
  [/^\/orders\//, order],
  [/^\/partner\//, partner],
  [/^\/clock$/, ({ response }) => json(response, 200, { now: new Date().toISOString() })],
  [/^\/empty$/, ({ response }) => void response.writeHead(204).end()],
];

createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? '/', 'http://echo');
  const [, endpoint] = endpoints.find(([path]) => path.test(url.pathname)) ?? [];
  if (endpoint === undefined) json(response, 404, { error: `there is no ${url.pathname}` });
  else await endpoint({ request, url, body: Buffer.concat(chunks), response });
}).listen(Number(process.env.PORT), '127.0.0.1');

process.on('SIGTERM', () => process.exit(0));
