import type { AcceptanceWorld } from '../world/acceptance-world';
import { jsonBody } from '../world/http-bodies';
import {
  expectFewFailures,
  expectLoadStatus,
  expectPercentile,
  expectThroughput,
  lastLoad,
  putLoad,
} from '../world/load';
import { stepsUsing } from './define';

const { action, assertion } = stepsUsing();

action(
  'I send {method} {string}[ to {service}] {int} times, {int} at once',
  {
    doc: 'Load: the same request so many times, of which so many are under way at any moment. What came of it is said of `the load`. How long it may take is bounded by `timeout`.',
    examples: ['When I send GET "/items" 500 times, 10 at once'],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    amount: number,
    atOnce: number,
  ) {
    await putLoad(this, { method, path }, service, { amount, atOnce });
  },
);

action(
  'I send {method} {string}[ to {service}] {int} times, {int} at once, with body:',
  {
    doc: 'As above, with a JSON body, the same each time.',
    examples: [
      'When I send POST "/items" 50 times, 10 at once, with body:\n  """\n  { "name": "Brine" }\n  """',
    ],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    amount: number,
    atOnce: number,
    body: string,
  ) {
    await putLoad(this, { method, path, ...jsonBody(this, body) }, service, { amount, atOnce });
  },
);

action(
  'I send {method} {string}[ to {service}] for {duration}, {int} at once',
  {
    doc: 'Load for a time, which must be shorter than `timeout`: as many requests as are answered in it.',
    examples: ['When I send GET "/items" for 5 seconds, 10 at once'],
  },
  async function (
    this: AcceptanceWorld,
    method: string,
    path: string,
    service: string | undefined,
    durationMs: number,
    atOnce: number,
  ) {
    await putLoad(this, { method, path }, service, { durationMs, atOnce });
  },
);

assertion(
  'every answer to the load has status {status}',
  {
    doc: 'All requests were answered, with this status.',
    examples: ['Then every answer to the load has status 200'],
  },
  function (this: AcceptanceWorld, status: string) {
    expectLoadStatus(lastLoad(this), status);
  },
);

assertion(
  'at most {float} % of the load failed',
  {
    doc: 'How many of the requests had no answer, or a 5xx.',
    examples: ['Then at most 0.5 % of the load failed'],
  },
  function (this: AcceptanceWorld, percent: number) {
    expectFewFailures(lastLoad(this), percent);
  },
);

assertion(
  '{float} % of the load took less than {duration}',
  {
    doc: 'A percentile of the times until the answers, in whole milliseconds.',
    examples: ['Then 95 % of the load took less than 200 ms'],
  },
  function (this: AcceptanceWorld, percent: number, most: number) {
    expectPercentile(lastLoad(this), percent, most);
  },
);

assertion(
  'the load had at least {float} answer(s) per second',
  {
    doc: 'The throughput: answers, whatever their status, by the time from the first request to the last answer.',
    examples: ['Then the load had at least 100 answers per second'],
  },
  function (this: AcceptanceWorld, least: number) {
    expectThroughput(lastLoad(this), least);
  },
);
