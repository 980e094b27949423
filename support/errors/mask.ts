/** Gives a text with everything that nobody must read replaced by `***`. */
export type Mask = (text: string) => string;

/**
 * Masks the given values wherever they stand (also as they look in URLs and JSON), and what is recognised by its
 * form: passwords in URLs, bearer tokens, basic credentials. Masking what is masked changes nothing.
 */
export function maskFor(secrets: readonly string[]): Mask {
  const values = [...new Set(secrets.flatMap(spellings))].sort((a, b) => b.length - a.length);
  return (text) => maskForms(values.reduce((masked, value) => masked.replaceAll(value, '***'), text));
}

function spellings(secret: string): string[] {
  return secret === '' ? [] : [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

const token = '[A-Za-z0-9._~+/=-]+';
/** What stands for a value, in steps and configurations: it tells nothing. */
const placeholder = String.raw`\$\{[^{}"]*\}|\{\{[^{}"]*\}\}|<[^<>"\n]*>`;
const onlyPlaceholder = new RegExp(`^(?:${placeholder})$`);
/** Begins at the edge of a word: else a long text without spaces takes time that grows with its square. */
const urlPassword = /(\b\w+:\/\/[^\s:/@"']*:)([^\s@/"']+)@/g;
/** In prose a word comes after it: `a Bearer token is missing`; and `Bearer ...` tells nothing. */
const prose = String.raw`(?:token|tokens|realm|scheme|authentication|authorization)(?![\w~+/-]|[.=]\w)`;
/** As HTTP writes it; in lower case it may be an ordinary word, unless a header says otherwise. */
const bearer = new RegExp(
  `\\b(Bearer |authorization["']?\\s*[:=]\\s*["']?bearer )(?!${prose})(?=[.~+/=-]*\\w)${token}`,
  'g',
);
/** As Brine's own steps have it; a quote within is escaped there, and all of them are within JSON. */
const stepSecret =
  /(\b(?:(?:has|have) bearer token|user (?:"[^"\n]*"|'[^'\n]*') with password|client (?:"[^"\n]*"|'[^'\n]*') with secret) )("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\\"[^"\\\n]*\\")/g;
const basic = new RegExp(`\\b(Basic )(${token})`, 'gi');

/** Most texts of a run are identifiers, and each of the forms has a blank or is a URL. */
function mayHaveForms(text: string): boolean {
  return text.includes(' ') || text.includes('://');
}

function maskForms(text: string): string {
  if (!mayHaveForms(text)) return text;
  return text
    .replace(urlPassword, (whole, before: string, password: string) =>
      onlyPlaceholder.test(password) ? whole : `${before}***@`,
    )
    .replace(bearer, '$1***')
    .replace(stepSecret, (_, before: string, inQuotes: string) => `${before}${maskQuoted(inQuotes)}`)
    .replace(basic, (whole, scheme: string, credentials: string) =>
      Buffer.from(credentials, 'base64').toString('utf8').includes(':') ? `${scheme}***` : whole,
    );
}

/** The quotes and the placeholders stay: `"***${tail}"`. */
function maskQuoted(text: string): string {
  const quote = text.startsWith('\\') ? text.slice(0, 2) : text.slice(0, 1);
  const inner = text.slice(quote.length, -quote.length);
  const parts = inner.split(new RegExp(`(${placeholder})`));
  const masked = parts.map((part, at) => (at % 2 === 1 || part === '' ? part : '***'));
  return `${quote}${masked.join('')}${quote}`;
}
