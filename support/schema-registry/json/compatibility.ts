import { withPlainNumbers } from '../../contracts/schema-validator';
import { parseJson } from '../../matching';
import type { SchemaText } from '../codec';
import { Comparison, type SchemaFault } from './comparison';
import { NotComparable, SchemaDocuments } from './schema-documents';

/**
 * Where a JSON Schema does not allow what another one allowed. No library that is kept compares them, so this is Brine's own; its answers are
 * those of Confluent's registry but for what docs/event-schemas.md lists.
 * @throws NotComparable saying what cannot be decided, when nothing else is wrong
 */
export function jsonIncompatibilities(reader: SchemaText, writer: SchemaText): string[] {
  const faults = new Comparison(documentsOf(reader), documentsOf(writer)).faults();
  const certain = faults.filter(({ isOpen }) => !isOpen);
  const [first] = faults;
  if (certain.length === 0 && first !== undefined)
    throw new NotComparable(`whether they are compatible cannot be told: ${inWords(first)}`);
  return certain.map(inWords);
}

function inWords({ path, reason, isOpen }: SchemaFault): string {
  return isOpen ? `at ${path}, ${reason}` : `${path} ${reason}`;
}

function documentsOf({ text, references }: SchemaText): SchemaDocuments {
  const parsed = (one: string) => withPlainNumbers(parseJson(one, 'the schema'));
  const others = new Map(references.map(({ name, text: of }) => [name, parsed(of)]));
  return new SchemaDocuments(parsed(text), others);
}
