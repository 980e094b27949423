import type { DataTable } from '@cucumber/cucumber';
import { BrineError } from '../support/errors';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { Records } from '../world/records';
import { stepsUsing } from './define';
import { factories } from './factory';

const { setup } = stepsUsing('postgres');

/** One for each scenario: sequences and names begin anew. */
const records = new WeakMap<AcceptanceWorld, Records>();

const about =
  'A record of a factory of the project (`factory(...)` in a step file): a row with plausible values, and rows for what it refers to.';

setup(
  'a/an {string}[ that is {string}][ named {string}] exists',
  {
    doc: `${about} Its name becomes a variable with all its columns. \`that is\` names traits of the factory, separated by commas.`,
    examples: [
      'Given a "user" named "alice" exists',
      'Given an "order" that is "paid, shipped" named "first" exists',
    ],
  },
  async function (
    this: AcceptanceWorld,
    factory: string,
    traits: string | undefined,
    name: string | undefined,
  ) {
    await recordsOf(this).make({ factory, name, traits: listed(traits), cells: new Map() });
  },
);

setup(
  'a/an {string}[ that is {string}][ named {string}] with:',
  {
    doc: `${about} What the table says goes before what the factory makes; a reference may be given by the name of a record.`,
    examples: [
      'Given a "user" named "alice" with:\n  | username | email             |\n  | alice    | alice@example.org |',
      'Given an "order" that is "paid" with:\n  | customer |\n  | alice    |',
    ],
  },
  async function (
    this: AcceptanceWorld,
    factory: string,
    traits: string | undefined,
    name: string | undefined,
    table: DataTable,
  ) {
    const cells = rowsOf(table);
    if (cells.length !== 1) throw wrongRows(cells.length, 1);
    await recordsOf(this).make({ factory, name, traits: listed(traits), cells: cells[0] ?? new Map() });
  },
);

setup(
  '{int} {string} record(s)[ that is/are {string}] exist(s)',
  {
    doc: 'So many records of a factory; see `a {string} exists`.',
    examples: ['Given 25 "user" records exist', 'Given 3 "order" records that are "paid" exist'],
  },
  async function (this: AcceptanceWorld, count: number, factory: string, traits: string | undefined) {
    const made = recordsOf(this);
    for (let number = 0; number < count; number++)
      await made.make({ factory, traits: listed(traits), cells: new Map() });
  },
);

setup(
  '{int} {string} record(s)[ that is/are {string}] exist(s) with:',
  {
    doc: 'So many records of a factory. The table has one row, for all of them, or one for each.',
    examples: ['Given 25 "order" records exist with:\n  | customer |\n  | alice    |'],
  },
  async function (
    this: AcceptanceWorld,
    count: number,
    factory: string,
    traits: string | undefined,
    table: DataTable,
  ) {
    const rows = rowsOf(table);
    if (rows.length !== 1 && rows.length !== count) throw wrongRows(rows.length, count);
    const made = recordsOf(this);
    for (let number = 0; number < count; number++) {
      const cells = rows[number] ?? rows[0] ?? new Map();
      await made.make({ factory, traits: listed(traits), cells });
    }
  },
);

function recordsOf(world: AcceptanceWorld): Records {
  const known = records.get(world) ?? new Records(world, factories);
  records.set(world, known);
  return known;
}

function listed(traits: string | undefined): string[] {
  return traits === undefined ? [] : traits.split(',').map((trait) => trait.trim());
}

function rowsOf(table: DataTable): Array<ReadonlyMap<string, string>> {
  const [columns = [], ...rows] = table.raw();
  return rows.map((row) => new Map(columns.map((column, at) => [column, row[at] ?? ''])));
}

function wrongRows(found: number, wanted: number): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: 'the table of this step',
    reason: `it has ${found} rows below its header`,
    advice: wanted === 1 ? 'give one row' : `give one row for all ${wanted} records, or one for each`,
  });
}
