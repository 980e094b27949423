import { HttpClient, type HttpExchange, type HttpRequest } from '../support/clients';
import type { AcceptanceWorld } from './acceptance-world';
import { fail } from './expectations';
import type { AccessToken } from './http-session';

/** Who asks for a token, and where. */
export interface ClientCredentials {
  readonly client: string;
  readonly secret: string;
  /** A path of a service, or an address. */
  readonly endpoint: string;
  readonly service?: string | undefined;
  readonly scope?: string | undefined;
}

/** So much earlier than it says, a token is taken for expired; a tenth of its time where that is less. */
const mostMarginMs = 5_000;

/**
 * An access token by the grant "client credentials" (RFC 6749, 4.4), fetched once in a scenario until it expires.
 * @throws AssertionError when the server gives none
 */
export async function accessToken(world: AcceptanceWorld, credentials: ClientCredentials): Promise<string> {
  return world.requests.token(JSON.stringify(credentials), async () => {
    const at = Date.now();
    const exchange = await askForToken(world, credentials);
    world.evidence.add('http', `POST ${credentials.endpoint} -> ${exchange.status} (a token)`, at);
    return tokenFrom(exchange, at);
  });
}

async function askForToken(
  world: AcceptanceWorld,
  { client, secret, endpoint, service, scope }: ClientCredentials,
): Promise<HttpExchange> {
  const form = { grant_type: 'client_credentials', ...(scope === undefined ? {} : { scope }) };
  const request = (path: string): HttpRequest => ({
    method: 'POST',
    path,
    headers: {
      authorization: basicCredentials(encodeURIComponent(client), encodeURIComponent(secret)),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams(form).toString(),
    timeoutMs: world.configuration.timeout,
  });
  if (!/^https?:/.test(endpoint)) return world.httpClient(service).send(request(endpoint));
  const url = new URL(endpoint);
  using server = new HttpClient('the token endpoint', url.origin);
  return await server.send(request(`${url.pathname}${url.search}`));
}

function tokenFrom({ status, text, request }: HttpExchange, at: number): AccessToken {
  const { access_token: token, expires_in: seconds } = fieldsOf(text);
  if (status !== 200 || typeof token !== 'string') {
    fail(`POST ${request.path} gave no access token: it answered ${status}: ${text || '(no body)'}`);
  }
  return { token, expiresAt: at + lifetimeMs(Number(seconds ?? Number.NaN) * 1_000) };
}

function lifetimeMs(said: number): number {
  return Number.isFinite(said) ? said - Math.min(mostMarginMs, said / 10) : Number.POSITIVE_INFINITY;
}

function fieldsOf(text: string): { readonly access_token?: unknown; readonly expires_in?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** The header `authorization` of RFC 7617. */
export function basicCredentials(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
