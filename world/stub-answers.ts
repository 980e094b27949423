import type { DataTable } from '@cucumber/cucumber';
import { BrineError, didYouMean } from '../support/errors';
import { isFields, type Json, type JsonObject, textOf } from '../support/matching';
import { type DropMoment, dropMoments, type GivenAnswer } from '../support/stubs/stub-answer';
import type { GivenTurn } from '../support/stubs/stub-server';
import { parseDuration } from '../support/time';
import type { AcceptanceWorld } from './acceptance-world';
import { bodyText } from './http-bodies';
import { rowsOf } from './http-tables';

export { type DropMoment, dropMoments };

const columns = ['times', 'after', 'body', 'dropped'] as const;
const answerFields = ['status', 'headers', 'body', 'after', 'times', 'dropped'];

type Headers = GivenAnswer['headers'];

/**
 * The answers of a table, in turn: `status` (a number, or `dropped`), and perhaps `times`, `after`, `body`, `dropped` and `header ...`
 * columns.
 * @throws BrineError naming the cell that cannot be read
 */
export function turnsFrom(world: AcceptanceWorld, table: DataTable): GivenTurn[] {
  const what = 'the table of answers';
  const headers = (table.raw()[0] ?? []).filter((name) => name.startsWith('header '));
  const rows = rowsOf(world, table, what, { needed: ['status'], others: [...columns, ...headers] });
  return rows.map((cells, index) => {
    const place = (column: string) => `column "${column}" in row ${index + 1} of ${what}`;
    const given = headers
      .filter((name) => cells[name] !== '')
      .map((name) => [name.slice(7), cells[name] ?? ''] as const);
    const { times = '', after = '', body = '', dropped = '' } = cells;
    const isJson = /^[[{"]/.test(body);
    return {
      ...(times === '' ? {} : { times: countOf(times, place('times')) }),
      answer: answerFrom(statusOf(cells.status ?? '', place('status')), {
        ...(after === '' ? {} : { delayMs: durationOf(after, place('after')) }),
        ...(body === '' ? {} : { body: isJson ? bodyText(world, body, place('body')) : body }),
        ...(dropped === '' ? {} : { dropped: momentOf(dropped, place('dropped')) }),
        headers: withType(Object.fromEntries(given), body === '' || isJson),
      }),
    };
  });
}

function answerFrom(
  status: number | 'dropped',
  rest: Exclude<GivenTurn['answer'], 'dropped'>,
): GivenTurn['answer'] {
  return status === 'dropped' ? status : { status, ...rest };
}

/** What is no JSON is sent as text, unless its headers say what it is. */
function withType(headers: Headers, isJson: boolean): Headers {
  const isSaid = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  return isJson || isSaid ? headers : { 'content-type': 'text/plain; charset=utf-8', ...headers };
}

/**
 * An answer in JSON: `{ "status": 402, "headers": { }, "body": { }, "after": "50 ms", "times": 2, "dropped": "after the headers" }`, or
 * `"dropped"`.
 * @throws BrineError BRINE_STEP_002 naming what cannot be read
 */
export function turnFrom(value: Json, place: string): GivenTurn {
  if (value === 'dropped') return { answer: value };
  const { status = 200, headers = {}, body, after, times, dropped, ...others } = fieldsOf(value, place);
  assertKnown(others, answerFields, place);
  const named = Object.entries(fieldsOf(headers, `"headers" of ${place}`));
  const texts = named.map(([name, header]) => [name, headerFrom(header)] as const);
  return {
    ...(times === undefined ? {} : { times: countOf(textOf(times), `"times" of ${place}`) }),
    answer: answerFrom(statusOf(textOf(status), `"status" of ${place}`), {
      ...(after === undefined ? {} : { delayMs: durationOf(textOf(after), `"after" of ${place}`) }),
      ...(body === undefined ? {} : { body: textOf(body) }),
      ...(dropped === undefined ? {} : { dropped: momentOf(textOf(dropped), `"dropped" of ${place}`) }),
      headers: withType(Object.fromEntries(texts), typeof body !== 'string'),
    }),
  };
}

function headerFrom(value: Json): string | string[] {
  return Array.isArray(value) ? value.map((one: Json) => textOf(one)) : textOf(value);
}

/** @throws BrineError BRINE_STEP_002 where it is no object */
export function fieldsOf(value: Json | undefined, place: string): JsonObject {
  if (isFields(value)) return value as JsonObject;
  const reason = value === undefined ? 'it is missing' : 'it is no object';
  throw new BrineError('BRINE_STEP_002', {
    place,
    reason,
    advice:
      'write { "when": { "method": "POST", "path": "/charges" }, "then": { "status": 201, "body": { } } }',
  });
}

/** @throws BrineError BRINE_STEP_002 for a field that is unknown */
export function assertKnown(others: JsonObject, known: readonly string[], place: string): void {
  const wrong = Object.keys(others).find((name) => !known.includes(name));
  if (wrong === undefined) return;
  const advice = `${didYouMean(wrong, known)}its fields: ${known.join(', ')}`;
  throw new BrineError('BRINE_STEP_002', { place, reason: `it has the unknown field "${wrong}"`, advice });
}

function statusOf(text: string, place: string): number | 'dropped' {
  if (text === 'dropped') return text;
  if (/^\d{3}$/.test(text)) return Number(text);
  throw unreadable(
    place,
    text,
    'is no status',
    'write a number such as 503, or dropped, which ends the connection',
  );
}

function countOf(text: string, place: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw unreadable(place, text, 'is no number of times', 'write 1, 2, ..., or nothing: ever after');
}

function durationOf(text: string, place: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw unreadable(place, text, 'is no duration', 'write 200 ms, 3 seconds, 1 minute');
}

function momentOf(text: string, place: string): DropMoment {
  const moment = dropMoments.find((one) => one === text);
  if (moment !== undefined) return moment;
  throw unreadable(place, text, 'is no moment of an answer', `write ${dropMoments.join(', or ')}`);
}

function unreadable(place: string, text: string, is: string, advice: string): BrineError {
  return new BrineError('BRINE_STEP_002', { place, reason: `"${text}" ${is}`, advice });
}
