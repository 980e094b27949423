/** Shorter ones would be masked in words that have nothing to do with them. */
const shortest = 4;

/** A name that is no word, but a key that somebody was given, as those of Confluent Cloud. */
const keyLike = /^[A-Z\d]{16,}$/;

/**
 * What of a URL's name and password is to be masked by value: the password, unless it is short or the name as well; both as basic authentication
 * sends them; and the name where it is a key.
 */
export function credentialsOf(url: string): string[] {
  const { username = '', password = '' } = URL.parse(url) ?? {};
  const [name, secret] = [decoded(username), decoded(password)];
  if (name === '' && secret === '') return [];
  const basic = Buffer.from(`${name}:${secret}`).toString('base64');
  return [
    ...(secret.length >= shortest && secret !== name ? [secret] : []),
    basic,
    ...(keyLike.test(name) ? [name] : []),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
