import { HttpCookies, type HttpRequest } from '../support/clients';

/** What steps have said of requests before they are sent. */
export interface RequestSettings {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: ReadonlyArray<readonly [name: string, value: string]>;
  readonly timeoutMs?: number;
  readonly followRedirects?: boolean;
}

/** Which requests are meant: the next one, or all from now on, of one service or of every one. */
export interface Requests {
  readonly which: 'next' | 'all';
  readonly service?: string | undefined;
}

const nothing: RequestSettings = { headers: {}, query: [] };

/** What one scenario knows of its requests: what was said for the next one and for all, cookies and tokens. */
export class HttpSession {
  readonly cookies = new HttpCookies();
  private next: RequestSettings = nothing;
  private readonly always = new Map<string | undefined, RequestSettings>();
  private readonly tokens = new Map<string, AccessToken>();
  /** How each token that was given out is fetched anew. */
  private readonly issued = new Map<string, () => Promise<string>>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Adds to what was said of these requests; what is said later goes before. */
  add({ which, service }: Requests, settings: Partial<RequestSettings>): void {
    if (which === 'next') this.next = merged(this.next, settings);
    else this.always.set(service, merged(this.always.get(service) ?? nothing, settings));
  }

  /** What holds for a request to a service that is sent now; what was said of the next request is used up. */
  take(service: string): RequestSettings {
    const all = merged(this.always.get(undefined) ?? nothing, this.always.get(service) ?? nothing);
    return merged(all, this.takeNext());
  }

  /** What was said of the next request; nothing is left of it afterwards. */
  takeNext(): RequestSettings {
    const { next } = this;
    this.next = nothing;
    return next;
  }

  /** For a guard, which sends a request more than once. */
  putNext(settings: RequestSettings): void {
    this.next = settings;
  }

  /**
   * A token that was fetched before and is still good, or a new one.
   * @param key what makes it that token: endpoint, client, scope
   */
  async token(key: string, fetch: () => Promise<AccessToken>): Promise<string> {
    const known = this.tokens.get(key);
    if (known !== undefined && known.expiresAt > this.now()) return known.token;
    const fresh = await fetch();
    this.tokens.set(key, fresh);
    this.issued.set(fresh.token, () => this.token(key, fetch));
    return fresh.token;
  }

  /** Headers whose bearer token, where {@link token} gave it out, is replaced by a new one when it has expired. */
  async renewed(headers: HttpRequest['headers'] = {}): Promise<Readonly<Record<string, string>>> {
    if (this.issued.size === 0) return headers;
    const found = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization');
    const current = this.issued.get(found?.[1].replace(/^Bearer /, '') ?? '');
    return found === undefined || current === undefined
      ? headers
      : { ...headers, [found[0]]: `Bearer ${await current()}` };
  }
}

/** A token of OAuth2. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970; infinite when the server does not say. */
  readonly expiresAt: number;
}

/** Names of headers do not differ by case. */
function merged(before: RequestSettings, { headers = {}, query = [], ...others }: Partial<RequestSettings>) {
  const replaced = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const kept = Object.entries(before.headers).filter(([name]) => !replaced.has(name.toLowerCase()));
  return {
    ...before,
    ...others,
    headers: { ...Object.fromEntries(kept), ...headers },
    query: [...before.query, ...query],
  };
}
