import http from 'node:http';
import https from 'node:https';

interface PostOptions {
  headers: Record<string, string>;
  body: object;
  signal: AbortSignal;
}

export interface Answer {
  status: number;
  text: string;
}

/**
 * Posts JSON on a connection of its own: a kept one may have died meanwhile, and that would look like a fault of the
 * other side. Not `fetch`, whose first call takes a tenth of a second to load it.
 * @throws when there is no complete answer.
 */
export function postJson(url: URL, { headers, body, signal }: PostOptions): Promise<Answer> {
  const { request } = url.protocol === 'https:' ? https : http;
  const json = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(json),
        ...headers,
      },
      agent: false,
      signal,
    });
    outgoing.on('response', (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(json);
  });
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  return (await response.toArray()).join('');
}
