import type { DataTable } from '@cucumber/cucumber';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { expectAgreement } from '../world/agreement';
import { expectedRows } from '../world/step-tables';
import { stepsUsing } from './define';

const { assertion } = stepsUsing('postgres', 'redis', 'kafka');

assertion(
  'these agree:',
  {
    doc: 'Several places say the same of one thing. The first column names the places: `the response`, `table "..." [of ...] with column value`, `topic "..." with key ...` (its last event) or `cache key "..."`. Each other column is a fact, its cells the paths at which the places have it; an empty cell: not there.',
    examples: [
      'Then within 5 seconds these agree:\n  | where                                      | id            | status       |\n  | the response                               | id            |              |\n  | table "orders" with id ${orderId}          | id            | status       |\n  | topic "order_events" with key ${orderId}   | value.orderId | value.status |\n  | cache key "order:${orderId}"               | id            | status       |',
    ],
  },
  async function (this: AcceptanceWorld, table: DataTable) {
    await expectAgreement(this, await expectedRows(this, { table, layout: undefined }));
  },
);
