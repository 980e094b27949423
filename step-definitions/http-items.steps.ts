import type { DataTable } from '@cucumber/cucumber';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { counted, expectRows, fail, matchesJson } from '../world/expectations';
import {
  assertMayLookAgain,
  expectEach,
  expectSorted,
  expectUnique,
  itemsOf,
  listedItems,
  lookAgain,
  renderItem,
  someItemsOf,
} from '../world/values';
import type { StepDocumentation } from './catalogue';
import { stepsUsing } from './define';

const { assertion } = stepsUsing();
const ofValue: Pick<StepDocumentation, 'prepare' | 'again'> = {
  prepare: assertMayLookAgain,
  again: lookAgain,
};

assertion(
  '{value} has/have {int} item(s)',
  {
    ...ofValue,
    doc: 'How many items an array has: the response body, a field of it, a variable, or all pages that were read.',
    examples: [
      'Then the response body has 3 items',
      'Then the response field "items" has 1 item',
      'Then all pages have 25 items',
    ],
  },
  function (this: AcceptanceWorld, value: string, count: number) {
    const items = itemsOf(this, value);
    const { length } = items;
    if (length === count) return;
    const are = length === 1 ? 'is' : 'are';
    fail(() => `${value}: there ${are} ${counted(length, 'item')}, not ${count}${listedItems(items)}`);
  },
);

assertion(
  '{value} has/have items:',
  {
    ...ofValue,
    doc: 'The array has an item for each row, in any order; there may be others. Columns are paths into the items.',
    examples: [
      'Then the response field "items" has items:\n  | sku    | price.amount |\n  | sku-01 | 250          |',
    ],
  },
  function (this: AcceptanceWorld, value: string, table: DataTable) {
    expectRows(this, table, rowsFrom(this, value), { what: value, mode: 'contains', noun: 'item' });
  },
);

assertion(
  '{value} has/have only these items:',
  {
    ...ofValue,
    doc: 'The items of the array are these and no others, in any order.',
    examples: [
      'Then the response field "items" has only these items:\n  | sku    |\n  | sku-01 |\n  | sku-02 |',
    ],
  },
  function (this: AcceptanceWorld, value: string, table: DataTable) {
    expectRows(this, table, rowsFrom(this, value), { what: value, mode: 'only', noun: 'item' });
  },
);

assertion(
  '{value} has/have only these items in order:',
  {
    ...ofValue,
    doc: 'The items of the array are these and no others, in this order.',
    examples: ['Then all pages have only these items in order:\n  | sku    |\n  | sku-01 |\n  | sku-02 |'],
  },
  function (this: AcceptanceWorld, value: string, table: DataTable) {
    expectRows(this, table, rowsFrom(this, value), { what: value, mode: 'only in order', noun: 'item' });
  },
);

assertion(
  'each item of {value} matches:',
  {
    ...ofValue,
    doc: 'Every item has at least these fields. An empty array fails: nothing could be said of it.',
    examples: [
      'Then each item of the response field "items" matches:\n  """\n  { "sku": "#string", "price": "#? _ > 0" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, value: string, expected: string) {
    expectEach(this, value, someItemsOf(this, value), expected);
  },
);

assertion(
  'no item of {value} matches:',
  {
    ...ofValue,
    doc: 'No item has these fields.',
    examples: [
      'Then no item of the response field "items" matches:\n  """\n  { "status": "deleted" }\n  """',
    ],
  },
  function (this: AcceptanceWorld, value: string, expected: string) {
    const items = itemsOf(this, value);
    const found = items.findIndex((item) => matchesJson(this, expected, item));
    if (found >= 0) fail(`item [${found}] of ${value} matches:\n  ${renderItem(items[found])}`);
  },
);

assertion(
  'each item of {value} has its own {string}',
  {
    ...ofValue,
    doc: 'No two items have the same value at that path; `"$"` is the item itself.',
    examples: ['Then each item of all pages has its own "id"'],
  },
  function (this: AcceptanceWorld, value: string, path: string) {
    expectUnique(someItemsOf(this, value), path, value);
  },
);

assertion(
  'the items of {value} are sorted by {string} {order}',
  {
    ...ofValue,
    doc: 'Numbers compare by value, everything else (ISO timestamps, too) as text. Equal neighbours are in order either way.',
    examples: [
      'Then the items of all pages are sorted by "createdAt" descending',
      'Then the items of the response field "items" are sorted by "price" ascending',
    ],
  },
  function (this: AcceptanceWorld, value: string, path: string, order: string) {
    expectSorted(someItemsOf(this, value), path, order, value);
  },
);

/** Items as rows: those that are no objects have the one column "$". */
function rowsFrom(world: AcceptanceWorld, value: string): Readonly<Record<string, unknown>>[] {
  return itemsOf(world, value).map((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? (item as Readonly<Record<string, unknown>>)
      : { $: item },
  );
}
