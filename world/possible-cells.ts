import {
  type ColumnDescription,
  type DatabaseClient,
  misfitReason,
  nullHint,
  type TableDescription,
  type TypedText,
} from '../support/clients';
import { BrineError } from '../support/errors';
import { type Cell, isNumeric, numberKey, parseJson, readCell, readInstant } from '../support/matching';
import type { TextTable } from '../support/tables';

type Literal = Extract<Cell, { kind: 'literal' }>;

/** What is to be asked of the server about a cell, and what is known without it. */
interface Doubt {
  readonly texts: readonly TypedText[];
  readonly fault?: Fault | undefined;
}

interface Fault {
  readonly reason: string;
  readonly advice: string;
}

const noDoubt: Doubt = { texts: [] };

/**
 * Cells that no row can be like, because the type of their column has no such value, are a fault of the step: that no row is
 * like them says nothing. Markers, JSON, bytes and paths into values are taken as they are.
 * @param cells with their `${...}` filled
 * @param what has the columns, for errors: `table "orders"`
 * @throws BrineError BRINE_STEP_002 naming column, row, value and type, and what the type has
 */
export async function assertPossible(
  client: DatabaseClient,
  { details }: TableDescription,
  { columns, rows }: TextTable,
  what: string,
): Promise<void> {
  const places: string[] = [];
  const texts: TypedText[] = [];
  let known: { readonly place: string; readonly fault: Fault } | undefined;
  for (const [index, row] of rows.entries()) {
    for (const [at, column] of columns.entries()) {
      const described = details.get(column);
      if (described === undefined || known !== undefined) continue;
      const place = `column "${column}" in row ${index + 1} of the table of this step (${what})`;
      const doubt = doubtOf(row[at] ?? '', described, place);
      for (const text of doubt.texts) {
        places.push(place);
        texts.push(text);
      }
      if (doubt.fault !== undefined) known = { place, fault: doubt.fault };
    }
  }
  const misfit = await client.firstMisfit(texts);
  if (misfit !== undefined) throw impossible(places[misfit.at] ?? what, misfit);
  if (known !== undefined) throw impossible(known.place, known.fault);
}

function impossible(place: string, { reason, advice }: Fault): BrineError {
  return new BrineError('BRINE_STEP_002', { place, reason, advice });
}

function doubtOf(text: string, column: ColumnDescription, place: string): Doubt {
  const cell = readCell(text, column.type.kind, place);
  return cell.kind === 'literal' ? doubtOfLiteral(cell, text, column) : noDoubt;
}

function doubtOfLiteral(cell: Literal, text: string, { type, declared }: ColumnDescription): Doubt {
  const typed = { value: cell.text, type: declared };
  if (type.elements !== undefined) return doubtOfArray(cell, text, { type, declared });
  switch (type.kind) {
    case 'boolean':
      return /^(true|false)$/i.test(cell.text) ? noDoubt : wrong(typed, 'true and false');
    case 'number':
      return doubtOfNumber(typed, type.name);
    case 'timestamp':
    case 'date':
      return doubtOfMoment(typed, type.kind);
    case 'text':
      return hasAllTexts.test(declared) ? noDoubt : { texts: [typed] };
    case 'interval':
      return { texts: [typed] };
    default:
      return noDoubt;
  }
}

const hasAllTexts = /^(text|character varying)$/;

function doubtOfNumber({ value, type }: TypedText, base: string): Doubt {
  const isWhole = /^(smallint|integer|bigint|oid)$/.test(base);
  if (numberKey(value) === undefined) {
    const isThere = !isWhole && /^(NaN|-?Infinity)$/.test(value);
    return isThere ? noDoubt : wrong({ value, type }, 'numbers');
  }
  return { texts: [{ value: isWhole ? wholeNumber(value) : value, type }] };
}

/** `3.0` and `3e0` are compared as numbers, but no input of an integer. */
function wholeNumber(text: string): string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? String(number) : text.replace(/\.0*$/, '');
}

/** Those that ISO 8601 cannot write are compared with what PostgreSQL writes. */
function doubtOfMoment(typed: TypedText, kind: 'timestamp' | 'date'): Doubt {
  if (readInstant(typed.value) !== undefined) return noDoubt;
  if (/^-?infinity$| BC$|^\d{5,}-/.test(typed.value)) return { texts: [typed] };
  return wrong(typed, `${kind}s, written 2026-01-31${kind === 'date' ? '' : 'T10:00:00Z'}`);
}

function doubtOfArray(cell: Literal, text: string, { type, declared }: ColumnDescription): Doubt {
  const items = cell.pattern === undefined ? undefined : parseJson(text, 'the cell');
  if (!Array.isArray(items)) {
    const typed = { value: cell.text, type: declared };
    const fault = { reason: misfitReason(typed), advice: 'an array is written ["a", "b"] or {a,b}' };
    return { texts: /^[{[]/.test(text) ? [typed] : [], fault };
  }
  const element = type.name.slice(0, -2);
  const doubts = items.flat(6).map((item) => doubtOfElement(item, element, type.elements));
  return {
    texts: doubts.flatMap(({ texts }) => texts),
    fault: doubts.find(({ fault }) => fault !== undefined)?.fault,
  };
}

function doubtOfElement(item: unknown, type: string, kind: ColumnDescription['type']['elements']): Doubt {
  if (item === null || (typeof item === 'string' && item.startsWith('#'))) return noDoubt;
  switch (kind) {
    case 'number':
      return isNumeric(item) || /^(NaN|-?Infinity)$/.test(String(item))
        ? noDoubt
        : wrongElement(item, type, 'it holds numbers');
    case 'boolean':
      return typeof item === 'boolean' ? noDoubt : wrongElement(item, type, 'it holds true and false');
    case 'text':
      if (typeof item !== 'string') return wrongElement(item, type, `write ${JSON.stringify(String(item))}`);
      return hasAllTexts.test(type) ? noDoubt : { texts: [{ value: item.replace(/^\\(?=\\*#)/, ''), type }] };
    default:
      return noDoubt;
  }
}

function wrong(typed: TypedText, holds: string): Doubt {
  const advice = [`it holds ${holds}`, nullHint(typed.value)].filter(Boolean).join('; ');
  return { texts: [], fault: { reason: misfitReason(typed), advice } };
}

function wrongElement(item: unknown, type: string, advice: string): Doubt {
  return { texts: [], fault: { reason: `${JSON.stringify(item)} is no value of its type ${type}`, advice } };
}
