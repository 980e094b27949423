import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mayRunBeside, mostAtOnce, serialLast } from '../../world/parallel-rules';

function scenario(...tags: string[]) {
  return { tags: tags.map((name) => ({ name })) };
}

describe('a scenario', () => {
  test('without these tags may run beside any other but @serial', () => {
    assert.ok(mayRunBeside(scenario('@orders'), [scenario('@orders'), scenario('@exclusive:a')]));
    assert.ok(!mayRunBeside(scenario(), [scenario(), scenario('@serial')]));
  });

  test('with @serial may run beside no other', () => {
    assert.ok(!mayRunBeside(scenario('@serial'), [scenario()]));
    assert.ok(!mayRunBeside(scenario('@serial'), [scenario('@serial')]));
  });

  test('with @exclusive:<name> may run beside any but those of the same name', () => {
    assert.ok(!mayRunBeside(scenario('@exclusive:a'), [scenario(), scenario('@exclusive:a')]));
    assert.ok(!mayRunBeside(scenario('@exclusive:a', '@exclusive:b'), [scenario('@exclusive:b')]));
    assert.ok(mayRunBeside(scenario('@exclusive:a'), [scenario('@exclusive:b'), scenario()]));
    assert.ok(!mayRunBeside(scenario('@exclusive'), [scenario('@exclusive')]));
  });

  test('may run beside nothing, whatever its tags', () => {
    assert.ok(mayRunBeside(scenario('@serial', '@exclusive:a'), []));
  });
});

test('@serial scenarios come last, and all keep their order otherwise', () => {
  const all = [['@serial', '1'], ['2'], ['@serial', '3'], ['4']].map((tags) => scenario(...tags));
  const ordered = serialLast(all, (one) => one).map(({ tags }) => tags.at(-1)!.name);
  assert.deepEqual(ordered, ['2', '4', '1', '3']);
});

test('as many lanes have work as there are scenarios, for all @serial ones together one', () => {
  assert.equal(mostAtOnce([scenario(), scenario('@exclusive:a'), scenario('@serial')]), 2);
  assert.equal(mostAtOnce([scenario('@serial'), scenario('@serial')]), 1);
});
