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
/** Begins at the edge of a word: else a long text without spaces takes time that grows with its square. */
const urlPassword = /(\b\w+:\/\/[^\s:/@"']*:)[^\s@/"']+@/g;
/** As HTTP writes it; in lower case it may be an ordinary word, unless a header says otherwise. */
const bearer = new RegExp(`\\b(Bearer |authorization["']?\\s*[:=]\\s*["']?bearer )(?!token\\b)${token}`, 'g');
/** As Brine's own step has it. */
const bearerStep = /(bearer token ")(?!\$\{)[^"]+"/g;
const basic = new RegExp(`\\b(Basic )(${token})`, 'gi');

function maskForms(text: string): string {
  return text
    .replace(urlPassword, '$1***@')
    .replace(bearer, '$1***')
    .replace(bearerStep, '$1***"')
    .replace(basic, (whole, scheme: string, credentials: string) =>
      Buffer.from(credentials, 'base64').toString('utf8').includes(':') ? `${scheme}***` : whole,
    );
}
