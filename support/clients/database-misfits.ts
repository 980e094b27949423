import { didYouMean, messageOf } from '../errors';
import type { DatabaseRow } from './database-row';

/** A text that is to be a value of a type. */
export interface TypedText {
  readonly value: string;
  /** As in a definition: `numeric(6,3)`, `mood[]`, or the name of a domain. */
  readonly type: string;
}

/** A text that is no value of its type. */
export interface Misfit {
  /** Its place among those that were asked about, from 0. */
  readonly at: number;
  readonly reason: string;
  /** What there is instead; '' where there is nothing to say. */
  readonly advice: string;
}

type Ask = (sql: string, parameters: readonly unknown[]) => Promise<DatabaseRow[]>;

/** The first of the texts that PostgreSQL cannot read as its type; undefined when there is none, or it does not tell. */
export async function firstMisfit(texts: readonly TypedText[], ask: Ask): Promise<Misfit | undefined> {
  if (texts.length === 0) return undefined;
  const found = await refused(texts, ask);
  if (found === undefined) return undefined;
  const text = texts[found.at];
  if (text === undefined) return undefined;
  return { at: found.at, reason: misfitReason(text, found.message), advice: await help(text, found, ask) };
}

/** In the words of an error. */
export function misfitReason({ value, type }: TypedText, message = ''): string {
  return `${JSON.stringify(value)} is no value of its type ${type}${message === '' ? '' : `: ${message}`}`;
}

/** What an empty cell, and one that says NULL in capitals, may have been meant to be; '' for others. */
export function nullHint(value: string): string {
  if (value === '') return 'an empty cell is the empty text; NULL is written null';
  return /^null$/i.test(value) ? 'NULL is written null, in small letters' : '';
}

interface Refused {
  readonly at: number;
  readonly message: string;
}

async function refused(texts: readonly TypedText[], ask: Ask): Promise<Refused | undefined> {
  try {
    const parameters = [texts.map(({ value }) => value), texts.map(({ type }) => type)];
    const [row] = await ask(firstInvalid, parameters);
    return row && { at: Number(row.place) - 1, message: String(row.message) };
  } catch (error) {
    return codeOf(error) === undefinedFunction ? refusedByCast(texts, ask) : undefined;
  }
}

/** As servers before PostgreSQL 16 tell it, whose casts cut off what is too long. */
async function refusedByCast(texts: readonly TypedText[], ask: Ask): Promise<Refused | undefined> {
  for (const [at, text] of texts.entries()) {
    if (isTooLong(text)) return { at, message: `value too long for type ${text.type}` };
    try {
      await ask(`SELECT $1::${text.type}`, [text.value]);
    } catch (error) {
      const isMisfit = dataException.test(codeOf(error));
      if (isMisfit || (await breaksCheck(error, text, ask))) return { at, message: messageOf(error) };
    }
  }
  return undefined;
}

/** Of characters; blanks at the end do not count: they are cut off where rows are written, too. */
function isTooLong({ value, type }: TypedText): boolean {
  const [, most] = /^character(?: varying)?\((\d+)\)$/.exec(type) ?? [];
  return most !== undefined && [...value.replace(/ +$/, '')].length > Number(most);
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const dataException = /^22/;
const checkViolation = '23514';

async function breaksCheck(error: unknown, { type }: TypedText, ask: Ask): Promise<boolean> {
  return codeOf(error) === checkViolation && (await ask(uncheckedDomain, [type])).length === 0;
}

const undefinedFunction = '42883';

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '');
}

async function help({ value, type }: TypedText, { message }: Refused, ask: Ask): Promise<string> {
  const labels = await ask(enumLabels, [type]).catch(() => []);
  const known = labels.map(({ label }) => String(label));
  const hint = nullHint(value);
  if (known.length === 0) return hint;
  const [, refusedLabel = value] = /: "(.*)"$/s.exec(message) ?? []; // of an array, the element
  return [`${didYouMean(refusedLabel, known)}its values: ${known.join(', ')}`, hint]
    .filter(Boolean)
    .join('; ');
}

/** A domain whose check was added NOT VALID may have values that break it. */
const uncheckedDomain = 'SELECT 1 FROM pg_constraint WHERE contypid = $1::regtype AND NOT convalidated';

const firstInvalid = `
  SELECT c.place, (pg_input_error_info(c.value, c.type)).message
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS c(value, type, place)
  WHERE NOT pg_input_is_valid(c.value, c.type)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE contypid = c.type::regtype AND NOT convalidated)
  ORDER BY c.place LIMIT 1`;

/** Those of an enumeration, of a domain over it, and of an array of either. */
const enumLabels = `
  WITH RECURSIVE base AS (
    SELECT * FROM pg_type WHERE oid = $1::regtype
    UNION ALL
    SELECT t.* FROM base b JOIN pg_type t ON
      t.oid = CASE WHEN b.typtype = 'd' THEN b.typbasetype WHEN b.typcategory = 'A' THEN b.typelem END)
  SELECT enumlabel AS label FROM base JOIN pg_enum ON enumtypid = base.oid ORDER BY enumsortorder`;
