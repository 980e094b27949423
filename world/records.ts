import {
  arrayText,
  columnDefault,
  type DatabaseRow,
  type TableDescription,
  type WrittenCell,
} from '../support/clients';
import { BrineError, unknownColumn } from '../support/errors';
import { attributesOf, type Factories, type Factory, Reference } from '../support/factories';
import { numberKey, readNumber, textOf } from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import { writtenCell } from './written-cells';

/** What a step says of a record. */
export interface RecordRequest {
  readonly factory: string;
  /** The variable that it becomes. */
  readonly name?: string | undefined;
  readonly traits: readonly string[];
  /** Cells by column, which go before what the factory makes. */
  readonly cells: ReadonlyMap<string, string>;
}

/** Factories that wait for a record of each other. */
const deepest = 20;

/** A run on a database that others use, too, counts from here on in each lane. */
const lanesApart = 1_000_000;

/** Makes the records of one scenario. */
export class Records {
  private readonly sequences = new Map<string, number>();
  private readonly named = new Map<string, { readonly factory: string; readonly row: DatabaseRow }>();

  constructor(
    private readonly world: AcceptanceWorld,
    private readonly factories: Factories,
  ) {}

  /**
   * Inserts a record and those it refers to.
   * @throws BrineError BRINE_STEP_001 for an unknown factory or trait, BRINE_MATCH_003 for an unknown attribute
   */
  async make(request: RecordRequest, depth = 0): Promise<DatabaseRow> {
    const factory = this.factories.get(request.factory);
    if (depth > deepest) throw endless(factory);
    const client = this.world.database(factory.database);
    const table = await client.describe(factory.table);
    const { fakeData } = this.world;
    const attributes = attributesOf(factory, request.traits, {
      sequence: this.next(factory),
      get faker() {
        return fakeData.faker; // loaded by the first who wants it
      },
      ref: (other, column) => new Reference(other, column),
    });
    for (const column of [...attributes.keys(), ...request.cells.keys()])
      assertAttribute(factory, table, column);
    const cells = new Map<string, WrittenCell>();
    for (const [column, value] of attributes) {
      if (value === undefined || (request.cells.has(column) && !(value instanceof Reference))) continue;
      cells.set(column, await this.cellOf(value, column, request, table, depth));
    }
    for (const [column, text] of request.cells) {
      if (!cells.has(column)) cells.set(column, this.overriding(text, column, factory, table));
    }
    const row = variableOf(
      await client.insertOne(factory.table, [...cells.keys()], [...cells.values()]),
      table,
    );
    if (request.name !== undefined) this.remember(request.name, factory, row);
    return row;
  }

  private remember(name: string, factory: Factory, row: DatabaseRow): void {
    this.named.set(name, { factory: factory.name, row });
    this.world.variables.set(name, row);
  }

  private next({ name, database }: Factory): number {
    const foreign = !this.world.isReset(database);
    const first = foreign ? this.world.lane.index * lanesApart : 0;
    const number = (this.sequences.get(name) ?? first) + 1;
    this.sequences.set(name, number);
    return number;
  }

  private async cellOf(
    value: unknown,
    column: string,
    request: RecordRequest,
    table: TableDescription,
    depth: number,
  ): Promise<WrittenCell> {
    if (!(value instanceof Reference)) return cellOfValue(value, column, table);
    const text = request.cells.get(column);
    if (text === undefined) {
      const made = await this.make({ factory: value.factory, traits: [], cells: new Map() }, depth + 1);
      return this.keyOf(made, value);
    }
    const named = this.named.get(text);
    if (named?.factory === value.factory) return this.keyOf(named.row, value);
    return this.overriding(text, column, this.factories.get(request.factory), table);
  }

  private async keyOf(row: DatabaseRow, { factory: name, column }: Reference): Promise<WrittenCell> {
    const factory = this.factories.get(name);
    const client = this.world.database(factory.database);
    const key = column ?? (await client.primaryKey(factory.table));
    if (key !== undefined && Object.hasOwn(row, key))
      return cellOfValue(row[key], key, await client.describe(factory.table));
    throw new BrineError('BRINE_STEP_002', {
      place: `factory "${name}"`,
      reason: `table "${factory.table}" has no primary key of one column that could be referred to`,
      advice: `say which column is meant: ref('${name}', 'column')`,
    });
  }

  private overriding(
    text: string,
    column: string,
    { name }: Factory,
    { details }: TableDescription,
  ): WrittenCell {
    return writtenCell(
      this.world.variables,
      text,
      details.get(column),
      `"${column}" of the "${name}" of this step`,
    );
  }
}

function assertAttribute({ name }: Factory, { columns }: TableDescription, column: string): void {
  if (!columns.has(column)) throw unknownColumn(`what factory "${name}" makes`, column, columns.keys());
}

function cellOfValue(value: unknown, column: string, { details }: TableDescription): WrittenCell {
  if (value === null) return null;
  if (value === undefined) return columnDefault;
  const type = details.get(column)?.type;
  if (type?.kind === 'json') return JSON.stringify(value);
  if (Array.isArray(value) && type?.elements !== undefined) return arrayText(value);
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : textOf(value);
}

/** As steps use it: numbers are numbers, whatever the database sends. */
function variableOf(row: DatabaseRow, { columns }: TableDescription): DatabaseRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const isNumber =
        columns.get(column) === 'number' && typeof value === 'string' && numberKey(value) !== undefined;
      return [column, isNumber ? readNumber(value) : value];
    }),
  );
}

function endless({ name }: Factory): BrineError {
  return new BrineError('BRINE_STEP_002', {
    place: `factory "${name}"`,
    reason: `its records refer to each other without end`,
    advice: 'leave the reference out of the defaults of one factory, and give it in a trait or a step',
  });
}
