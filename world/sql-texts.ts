import { BrineError, messageOf } from '../support/errors';
import type { AcceptanceWorld } from './acceptance-world';

/**
 * The SQL of a step or file, its `${...}` filled.
 * @param place what it is, for errors
 * @throws BrineError BRINE_STEP_002 when there is none: it would do nothing, and every look at it pass
 */
export function filledSql(world: AcceptanceWorld, sql: string, place: string): string {
  const text = world.variables.text(sql, place);
  const bare = text.replace(/--.*$/gm, '').replace(/\/\*.*?\*\//gs, '');
  if (/[^\s;]/.test(bare)) return text;
  throw new BrineError('BRINE_STEP_002', { place, reason: 'there is none', advice: 'write a statement' });
}

/**
 * Runs SQL of a step or file.
 * @throws BrineError BRINE_STEP_002 naming the line and column that PostgreSQL complains about
 */
export async function runSql(
  world: AcceptanceWorld,
  database: string | undefined,
  sql: string,
  place: string,
): Promise<void> {
  const text = filledSql(world, sql, place);
  await world
    .database(database)
    .query(text)
    .catch((error) => {
      throw sqlFault(error, text, place);
    });
}

/** What PostgreSQL says of SQL, with the place in it; another failure as it is. */
export function sqlFault(error: unknown, sql: string, place: string): unknown {
  const { code, position, detail, hint } = Object(error) as Readonly<Record<string, unknown>>;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return error;
  const reason = `${messageOf(error)}${typeof detail === 'string' ? ` (${detail})` : ''}`;
  const parameters = { place: `${place}${lineOf(sql, Number(position))}`, reason };
  const advice = typeof hint === 'string' ? hint.replace(/\.$/, '') : '';
  return new BrineError('BRINE_STEP_002', { ...parameters, advice }, { cause: error });
}

/** Whether SQL is wrong in itself, and stays so however often it is tried; a table may be made later. */
export function isWrongSql(error: unknown): boolean {
  return /^(42601|42703|42883)$/.test(String(Object(error).code)); // syntax, no such column, no such function
}

/** @param position counted from 1; no number where PostgreSQL names none */
function lineOf(sql: string, position: number): string {
  if (!(position > 0)) return '';
  const before = [...sql].slice(0, position - 1).join('');
  const lines = before.split('\n');
  return `, line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}
