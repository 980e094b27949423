import type { AcceptanceWorld } from '../world/acceptance-world';
import { brief } from '../world/evidence';
import { counted, expectJson, fail, indented, matchesJson } from '../world/expectations';
import { bodyText } from '../world/http-bodies';
import { stepsUsing } from './define';

const { assertion, setup } = stepsUsing();

setup(
  'outside service {stub} responds with {int}',
  {
    doc: 'From now on the outside service answers every request with this status.',
    examples: ['Given outside service payments responds with 503'],
  },
  function (this: AcceptanceWorld, stub: string, status: number) {
    this.stub(stub).respondWith({ status });
  },
);

setup(
  'outside service {stub} responds with {int} and body:',
  {
    doc: 'From now on the outside service answers every request with this status and JSON body.',
    examples: [
      'Given outside service payments responds with 402 and body:\n  """\n  { "error": "declined" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, stub: string, status: number, body: string) {
    this.stub(stub).respondWith({ status, body: bodyText(this, body, 'the body of the answer') });
  },
);

setup(
  'outside service {stub} responds after {duration}',
  {
    doc: 'From now on the outside service answers every request with 200, but late.',
    examples: ['Given outside service payments responds after 3 seconds'],
  },
  function (this: AcceptanceWorld, stub: string, delayMs: number) {
    this.stub(stub).respondWith({ delayMs });
  },
);

assertion(
  'outside service {stub} received {int} call(s)',
  {
    doc: 'How many requests the outside service got in this scenario.',
    examples: [
      'Then within 2 seconds outside service payments received 1 call',
      'Then for 1 second outside service payments received 0 calls',
    ],
  },
  function (this: AcceptanceWorld, stub: string, count: number) {
    const { received } = this.stub(stub);
    if (received.length !== count)
      fail(
        `outside service ${stub} received ${counted(received.length, 'call')}, not ${count}${list(this, stub)}`,
      );
  },
);

assertion(
  'outside service {stub} received a call like:',
  {
    doc: 'A request with at least these fields: `method`, `path`, `headers` (names in lower case), `body`.',
    examples: [
      'Then within 2 seconds outside service payments received a call like:\n  """\n  { "method": "POST", "path": "/charges", "body": { "orderId": "${orderId}" } }\n  """',
    ],
  },
  function (this: AcceptanceWorld, stub: string, expected: string) {
    const calls = callsOf(this, stub);
    const found = calls.find((call) => matchesJson(this, expected, call));
    if (found !== undefined) {
      expectJson(this, expected, found, { what: 'the call', mode: 'contains' });
    } else {
      fail(
        `outside service ${stub} received no call like this, but ${counted(calls.length, 'call')}${list(this, stub)}`,
      );
    }
  },
);

function callsOf(world: AcceptanceWorld, stub: string): unknown[] {
  return world
    .stub(stub)
    .received.map(({ method, path, headers, body }) => ({ method, path, headers, body: jsonOrText(body) }));
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function list(world: AcceptanceWorld, stub: string): string {
  const calls = callsOf(world, stub);
  return calls.length === 0 ? '' : `:\n${indented(calls.map(brief).join('\n'))}`;
}
