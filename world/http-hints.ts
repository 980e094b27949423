import type { HttpExchange } from '../support/clients';

/** What a response's failure is probably due to, and what to do about it; '' when nothing known fits. */
export function hintOf(exchange: HttpExchange): string {
  const found = [notFollowed, loginPage, htmlPage, noMediaType, wrongMediaType, noCredentials, quotes]
    .map((look) => look(exchange))
    .find((hint) => hint !== undefined);
  return found === undefined ? '' : `  -> ${found}`;
}

type Look = (exchange: HttpExchange) => string | undefined;

const notFollowed: Look = ({ status, headers }) =>
  status >= 300 && status < 400 && headers.location !== undefined
    ? `it redirects to "${headers.location}"; to follow it: Given the next request follows redirects`
    : undefined;

const loginPage: Look = (exchange) => {
  const { redirects, url } = exchange;
  const title = titleOf(exchange);
  const isLogin =
    /log-?in|sign-?in|auth/i.test(new URL(url).pathname) || /log ?in|sign ?in/i.test(title ?? '');
  if (redirects.length === 0 || !isLogin) return undefined;
  return `the request was redirected to a login page, ${new URL(url).pathname}: it lacks credentials, or they were refused`;
};

const htmlPage: Look = (exchange) => {
  const title = titleOf(exchange);
  if (title === undefined) return undefined;
  const called = title === '' ? 'without a title' : `"${title}"`;
  return `the body is an HTML page, ${called}, not JSON: a proxy or a framework's error page has answered, not the service's own code`;
};

const noMediaType: Look = ({ headers, text }) =>
  headers['content-type'] === undefined && readsAsJson(text)
    ? 'the body reads as JSON, but the response has no header "content-type": so it was taken as text'
    : undefined;

const wrongMediaType: Look = ({ headers, text }) => {
  const type = headers['content-type'];
  if (type === undefined || type.includes('json') || !readsAsJson(text)) return undefined;
  return `the body reads as JSON, but its content-type is "${type}": so it was taken as text`;
};

const noCredentials: Look = ({ status, request }) =>
  status === 401 && !Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === 'authorization')
    ? 'the request was sent without credentials: it has no header "authorization"'
    : undefined;

const quotes: Look = ({ status, request }) => {
  const [quote] = /[“”„‘’]/.exec(typeof request.body === 'string' ? request.body : '') ?? [];
  if (status < 400 || quote === undefined) return undefined;
  return `the body that was sent has a typographic quote (${quote}); an editor or a chat program may have changed it`;
};

/** The title of an HTML page; undefined when the body is none. */
function titleOf({ text }: HttpExchange): string | undefined {
  if (!/^\s*<(?:!doctype html|html|head|body)/i.test(text.slice(0, 1_000))) return undefined;
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(text.slice(0, 10_000)) ?? [];
  return title.trim().replace(/\s+/g, ' ');
}

function readsAsJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
