import type { Requests } from './http-session';

/** What `{requests}` says: `the next request`, `all requests`, `all requests to orders`. */
export function requestsFrom(text: string): Requests {
  if (text === 'the next request') return { which: 'next' };
  const [, service] = /^all requests to (.+)$/.exec(text) ?? [];
  return { which: 'all', service };
}
