import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { errorLines } from '../../reports/error-text';

describe("an error's lines", () => {
  it('are the message, then frames of the files of the user, relative to the project', () => {
    const message = [
      'Error: no row matches',
      '  | id | state   |',
      '  at $.items[0]: expected 3',
      '',
      '    at World.check (/work/steps/orders.ts:10:5)',
      '    at async /work/steps/wait.ts:3:7',
      '    at /work/node_modules/pg/client.js:1:2',
      '    at Module.load (node:internal/modules/cjs/loader:1651:32)',
      '    at new Promise (<anonymous>)',
      '    at file:///work/steps/es.mjs:4:1',
      '    at fourth (/work/steps/orders.ts:99:5)',
      '    at /elsewhere/a.js:1:1',
      'Caused by: Error: connection refused',
      '    at Object.connect (/work/steps/db.ts:7:3)',
    ].join('\n');
    assert.deepEqual(errorLines(message, '/work'), [
      'Error: no row matches',
      '  | id | state   |',
      '  at $.items[0]: expected 3',
      '',
      '    at World.check (steps/orders.ts:10:5)',
      '    at async steps/wait.ts:3:7',
      '    at steps/es.mjs:4:1',
      'Caused by: Error: connection refused',
      '    at Object.connect (steps/db.ts:7:3)',
    ]);
  });

  it('are cut where there are too many, without colours, and none for an empty message', () => {
    assert.deepEqual(errorLines('\n\u001b[31ma\u001b[39m\nb\nc\nd\n', '/work', { frames: 3, lines: 2 }), [
      'a',
      'b',
      '... 2 more lines',
    ]);
    assert.deepEqual(errorLines('', '/work'), []);
    assert.deepEqual(errorLines('  at file://%zz/x.js:1:1', '/work'), []);
  });
});
