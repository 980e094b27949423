/** What is used of the library's jar. */
interface CookieJar {
  getCookieString(url: string): Promise<string>;
  setCookie(cookie: string, url: string, options: { readonly ignoreError: boolean }): Promise<unknown>;
}

/** The cookies of one scenario: kept and sent back as a browser does (RFC 6265), by address and path. */
export class HttpCookies {
  /** Loaded with the first cookie. */
  private jar: Promise<CookieJar> | undefined;

  /** The value of the header `cookie` for an address; undefined when there is none to send. */
  async header(url: string): Promise<string | undefined> {
    const text = await (await this.jar)?.getCookieString(url);
    return text === '' ? undefined : text;
  }

  /** Takes what a response's `set-cookie` headers say; what a browser would refuse is left out. */
  async keep(url: string, setCookies: readonly string[]): Promise<void> {
    if (setCookies.length === 0) return;
    this.jar ??= newJar();
    const jar = await this.jar;
    for (const text of setCookies) await jar.setCookie(text, url, { ignoreError: true });
  }

  /** Sets a cookie by hand. The value is sent as it is. */
  async set(url: string, name: string, value: string): Promise<void> {
    await this.keep(url, [`${name}=${value}; Path=/`]);
  }
}

async function newJar(): Promise<CookieJar> {
  const { CookieJar } = await import('tough-cookie');
  return new CookieJar(undefined, { rejectPublicSuffixes: false });
}

/** What a `set-cookie` header says: value and attributes. */
export interface SetCookie {
  readonly name: string;
  readonly value: string;
  /** In the notation of the header, names in lower case with hyphens gone: `path`, `maxage` (a number), `httponly`, `samesite`. */
  readonly attributes: Readonly<Record<string, string | number | true>>;
}

/** Reads a `set-cookie` header (RFC 6265, 5.2). */
export function readSetCookie(text: string): SetCookie {
  const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
  const [name, value] = halves(pair);
  const named = attributes.map((attribute) => {
    const [key, content] = halves(attribute);
    const attributeName = key.toLowerCase().replaceAll('-', '');
    if (!attribute.includes('=')) return [attributeName, true] as const;
    const isNumber = attributeName === 'maxage' && /^-?\d+$/.test(content);
    return [attributeName, isNumber ? Number(content) : content] as const;
  });
  return { name, value, attributes: Object.fromEntries(named) };
}

function halves(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
