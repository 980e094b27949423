import type { DataTable } from '@cucumber/cucumber';
import type { HttpExchange, HttpRequest } from '../support/clients';
import { BrineError } from '../support/errors';
import { jsonOrText, renderValue, setAtPath, stringifyJson } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { fail, indented } from './expectations';
import { bodyOf, hasStatus, statusInWords } from './http-responses';
import { type Cells, rowsOf } from './http-tables';

const mostAtOnce = 1_000;

/** Sends requests at the same time and remembers all answers, in the order of the requests. */
export async function sendAtOnce(
  world: AcceptanceWorld,
  requests: readonly HttpRequest[],
  service: string | undefined,
): Promise<void> {
  if (requests.length < 2 || requests.length > mostAtOnce) {
    throw new BrineError('BRINE_STEP_002', {
      place: 'this step',
      reason: `it sends ${requests.length} requests at once`,
      advice: `from 2 to ${mostAtOnce} can be sent at once; for more, make them load: I send GET "/..." 5000 times, 50 at once`,
    });
  }
  const exchanges = await Promise.all(requests.map((request) => world.exchange(request, service)));
  world.remembered.many = { kind: 'at once', exchanges };
}

/** Bodies from a table whose columns are paths of fields: cells that read as JSON are that, others are text. */
export function bodiesFrom(world: AcceptanceWorld, table: DataTable): string[] {
  const [head = []] = table.raw();
  const rows = rowsOf(world, table, 'the table of bodies', { needed: head });
  return rows.map((cells) => stringifyJson(nested(cells)));
}

function nested(cells: Cells): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [path, cell] of Object.entries(cells)) setAtPath(body, path.split('.'), jsonOrText(cell));
  return body;
}

/** The answers to the requests that were sent at once. */
export function answersAtOnce({ remembered: { many } }: AcceptanceWorld): readonly HttpExchange[] {
  if (many?.kind === 'at once') return many.exchanges;
  throw new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: 'no requests have been sent at once',
    advice: 'send some before: When I send POST "/..." 10 times at once',
  });
}

/** Exactly so many answers have a status; the others have another one, where that is said. */
export function expectStatuses(
  answers: readonly HttpExchange[],
  status: string,
  count: number,
  others?: string,
): void {
  const having = answers.filter((answer) => hasStatus(answer, status));
  const rest = answers.filter((answer) => !hasStatus(answer, status));
  const odd = others === undefined ? [] : rest.filter((answer) => !hasStatus(answer, others));
  if (having.length === count && odd.length === 0) return;
  const wanted = `${count} of ${answers.length} responses should have status ${statusInWords(status)}`;
  const also = others === undefined ? '' : `, the others ${statusInWords(others)}`;
  fail(`${wanted}${also}; there were:\n${indented(tally(answers))}`);
}

/** How often each answer came: `9 x 409 (Conflict): {"error":"taken"}`. */
export function tally(answers: readonly HttpExchange[]): string {
  const counts = new Map<string, number>();
  for (const { status, text } of answers) {
    const kind = `${statusInWords(status)}: ${text.length > 200 ? `${text.slice(0, 200)}...` : text || '(no body)'}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const more = sorted.length > 10 ? `\n... and ${sorted.length - 10} more kinds` : '';
  return `${sorted
    .slice(0, 10)
    .map(([kind, count]) => `${count} x ${kind}`)
    .join('\n')}${more}`;
}

/** All bodies are the same: as JSON where they are JSON, whatever the order of fields. */
export function expectSameBodies(answers: readonly HttpExchange[]): void {
  const bodies = new Set(answers.map((answer) => renderValue(sorted(bodyOf(answer)), { limit: 1_000_000 })));
  if (bodies.size > 1)
    fail(`there are ${bodies.size} different bodies in all responses:\n${indented(tally(answers))}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}
