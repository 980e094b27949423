import { METHODS } from 'node:http';
import { BrineError, didYouMean } from '../errors';

/** CONNECT opens tunnels, which no service under test is asked for. */
const methods = METHODS.filter((method) => method !== 'CONNECT');
const usual = 'GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS';

/** @throws BrineError BRINE_STEP_001 with the nearest method */
export function assertMethod(method: string): void {
  if (methods.includes(method)) return;
  const parameters = { kind: 'HTTP method', name: method, suggestion: didYouMean(method, methods) };
  throw new BrineError('BRINE_STEP_001', { ...parameters, known: usual });
}

/** @throws BrineError BRINE_STEP_002 when it is no path of a service */
export function assertPath(path: string): void {
  const fault = faultOf(path);
  if (fault === undefined) return;
  const [reason, advice] = fault;
  throw new BrineError('BRINE_STEP_002', { place: `the path "${path}" of the request`, reason, advice });
}

function faultOf(path: string): readonly [reason: string, advice: string] | undefined {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(path) || path.startsWith('//')) {
    return [
      'it is an address of its own',
      'give the path only; which service is meant is said by its name: ... to orders',
    ];
  }
  if (!path.startsWith('/')) return ['it does not begin with /', `write "/${path}"`];
  const [odd] = /[\s\p{Cc}]/u.exec(path) ?? [];
  if (odd === undefined) return undefined;
  return [
    `it has ${odd === ' ' ? 'a space' : 'a control character'} in it`,
    `write it encoded: ${encodeURIComponent(odd)}`,
  ];
}

/**
 * A path with more query parameters, encoded as a browser's address bar does (a space is `%20`).
 * @param query names and values, in their order; a name may come more than once
 */
export function withQuery(path: string, query: ReadonlyArray<readonly [string, string]>): string {
  if (query.length === 0) return path;
  const [plain = ''] = path.split('#'); // what follows is never sent
  const text = query.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  return `${plain}${plain.includes('?') ? '&' : '?'}${text}`;
}
