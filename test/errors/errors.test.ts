import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allSettled, BrineError, didYouMean, editDistance, messageOf, nearest } from '../../support/errors';

describe('a BrineError', () => {
  test('says what is wrong, what to do, and its code', () => {
    const error = new BrineError('BRINE_ENV_003', {
      owner: 'kafka',
      address: '127.0.0.1:9092',
      holder: ' (by java (process 7))',
      setting: 'kafka.port',
    });
    assert.equal(
      error.message,
      'kafka cannot listen on 127.0.0.1:9092: the port is in use (by java (process 7))\n' +
        '  -> stop what listens there, or give kafka another port (kafka.port)  [BRINE_ENV_003]',
    );
  });

  test('keeps its cause', () => {
    const cause = new Error('EADDRINUSE');
    assert.equal(new BrineError('BRINE_ENV_003', {}, { cause }).cause, cause);
  });

  test('has no arrow where there is nothing to do', () => {
    const error = new BrineError('BRINE_ENV_002', {
      owner: 'redis',
      reason: 'it ended',
      log: '',
      advice: '',
    });
    assert.equal(error.message, 'redis did not start: it ended  [BRINE_ENV_002]');
  });
});

describe('the nearest word', () => {
  test('is found by insertions, deletions, substitutions and swaps', () => {
    assert.equal(editDistance('services', 'servcies'), 1);
    assert.equal(editDistance('kitten', 'sitting'), 3);
    assert.equal(editDistance('', 'abc'), 3);
    assert.deepEqual(nearest('servcies', ['stubs', 'services', 'secrets']), ['services']);
  });

  test('is none when nothing is near', () => {
    assert.deepEqual(nearest('zebra', ['orders', 'inventory']), []);
    assert.equal(didYouMean('zebra', ['orders']), '');
  });
});

test('the message of anything thrown can be had', () => {
  assert.equal(messageOf(new Error('a')), 'a');
  assert.equal(messageOf('b'), 'b');
  assert.equal(messageOf(new AggregateError([new Error('a'), 'b'])), 'a; b');
  assert.equal(messageOf(Object.create(null)), 'an error that cannot be shown');
});

describe('allSettled', () => {
  test('gives all results', async () => {
    assert.deepEqual(await allSettled([Promise.resolve(1), Promise.resolve('a')]), [1, 'a']);
  });

  test('throws only when everything has ended', async () => {
    let ended = false;
    const slow = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      ended = true;
    });
    await assert.rejects(allSettled([Promise.reject(new Error('first')), slow]), /first/);
    assert.equal(ended, true);
  });

  test('throws several errors together', async () => {
    const work = [Promise.reject(new Error('a')), Promise.reject(new Error('b'))];
    await assert.rejects(allSettled(work), (error: AggregateError) => error.errors.length === 2);
  });
});
