import type { DataTable } from '@cucumber/cucumber';
import type { AcceptanceWorld } from '../world/acceptance-world';
import {
  answersAtOnce,
  bodiesFrom,
  expectSameBodies,
  expectStatuses,
  sendAtOnce,
} from '../world/http-at-once';
import { jsonBody } from '../world/http-bodies';
import { bodyOf } from '../world/http-responses';
import { expectEach, expectUnique } from '../world/values';
import { stepsUsing } from './define';

const { action, assertion } = stepsUsing();

action(
  'I send {method} {string}[ to {service}] {int} times at once',
  {
    doc: 'Sends the same request so many times at the same time. What holds of the answers is said of `all responses`.',
    examples: ['When I send DELETE "/orders/${orderId}" 5 times at once'],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    count: number,
  ) {
    const request = this.prepared({ method, path }, service);
    await sendAtOnce(this, Array.from({ length: count }).fill(request) as (typeof request)[], service);
  },
);

action(
  'I send {method} {string}[ to {service}] {int} times at once with body:',
  {
    doc: 'As above, with a JSON body. `${...}` is filled once: all requests are the same, as are their headers.',
    examples: [
      'When I send POST "/users" 10 times at once with body:\n  """\n  { "username": "ada" }\n  """',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    count: number,
    body: string,
  ) {
    const request = this.prepared({ method, path, ...jsonBody(this, body) }, service);
    await sendAtOnce(this, Array.from({ length: count }).fill(request) as (typeof request)[], service);
  },
);

action(
  'I send {method} {string}[ to {service}] at once with bodies:',
  {
    doc: 'Sends one request for each row at the same time. Columns are the fields of the JSON body (`customer.name`); cells that read as JSON are that, others are text.',
    examples: [
      'When I send POST "/reservations" at once with bodies:\n  | sku    | quantity |\n  | sku-01 | 3        |\n  | sku-01 | 4        |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    table: DataTable,
  ) {
    const prepared = this.prepared(
      { method, path, headers: { 'content-type': 'application/json' } },
      service,
    );
    const requests = bodiesFrom(this, table).map((body) => ({ ...prepared, body }));
    await sendAtOnce(this, requests, service);
  },
);

assertion(
  'all responses have status {status}',
  {
    doc: 'The status of every answer to the requests that were sent at once.',
    examples: ['Then all responses have status 2xx'],
  },
  function (this: AcceptanceWorld, status: string) {
    const answers = answersAtOnce(this);
    expectStatuses(answers, status, answers.length);
  },
);

assertion(
  'exactly {int} response(s) has/have status {status}[ and the others {status}]',
  {
    doc: 'How many of the answers have a status, and which one all the others have: one winner, the rest refused.',
    examples: [
      'Then exactly 1 response has status 201 and the others 409',
      'Then exactly 3 responses have status 2xx',
    ],
  },
  function (this: AcceptanceWorld, count: number, status: string, others?: string) {
    expectStatuses(answersAtOnce(this), status, count, others);
  },
);

assertion(
  'all responses have the same body',
  {
    doc: 'The bodies are equal, JSON whatever the order of its fields: the request is idempotent.',
    examples: ['Then all responses have the same body'],
  },
  function (this: AcceptanceWorld) {
    expectSameBodies(answersAtOnce(this));
  },
);

assertion(
  'each response matches:',
  {
    doc: 'Every answer: its `status`, `headers` (names in lower case) and `body` have at least these fields.',
    examples: ['Then each response matches:\n  """\n  { "status": 201, "body": { "id": "#uuid" } }\n  """'],
  },
  function (this: AcceptanceWorld, expected: string) {
    const responses = answersAtOnce(this).map((answer) => ({
      status: answer.status,
      headers: answer.headers,
      body: bodyOf(answer),
    }));
    expectEach(this, 'all responses', responses, expected);
  },
);

assertion(
  'each response has its own {string}',
  {
    doc: 'No two answers have the same value at that path of their bodies.',
    examples: ['Then each response has its own "id"'],
  },
  function (this: AcceptanceWorld, path: string) {
    expectUnique(answersAtOnce(this).map(bodyOf), path, 'all responses');
  },
);
