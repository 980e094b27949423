import { BrineError } from './brine-error';
import { nearest } from './nearest';

/**
 * A step names a column that there is not.
 * @param owner what has the columns, such as `table "users"`
 */
export function unknownColumn(owner: string, column: string, known: Iterable<string>): BrineError {
  const columns = [...known];
  const [best] = nearest(column, columns);
  const suggestion = best === undefined ? '' : `: did you mean "${best}"?`;
  return new BrineError('BRINE_MATCH_003', { owner, column, suggestion, known: columns.join(', ') });
}
