import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { messageMasker } from '../../reports/masked-messages';
import { maskFor } from '../../support/errors';

function pickle(text: string): Envelope {
  return {
    pickle: {
      id: 'p',
      uri: 'features/a.feature',
      name: 'pays',
      language: 'en',
      tags: [],
      astNodeIds: [],
      steps: [{ id: 's', text, astNodeIds: [] }],
    },
  };
}

function testCase(argument: string): Envelope {
  const stepMatchArguments = [{ group: { children: [], value: argument, start: 0 } }];
  const testSteps = [{ id: 't', pickleStepId: 's', stepMatchArgumentsLists: [{ stepMatchArguments }] }];
  return { testCase: { id: 'c', pickleId: 'p', testSteps } };
}

describe('the messages that are written down', () => {
  it('are those of the runner where they hold no secret', () => {
    const masked = messageMasker(maskFor(['hunter2']));
    for (const message of [pickle('the order is paid'), testCase('the order')])
      assert.equal(masked(message), message);
  });

  it('are copies without the secrets, and what the runner executes keeps them', () => {
    const masked = messageMasker(maskFor(['hunter2']));
    const message = pickle('I send hunter2');
    assert.deepEqual(masked(message), pickle('I send ***'));
    assert.deepEqual(message, pickle('I send hunter2'));
    const arguments_ = testCase('hunter2');
    assert.deepEqual(masked(arguments_), testCase('***'));
    assert.deepEqual(arguments_, testCase('hunter2'));
  });

  it('hide the argument of a step whose words show that it is a secret', () => {
    const masked = messageMasker(maskFor([]));
    assert.deepEqual(
      masked(pickle('all requests have bearer token "abc"')),
      pickle('all requests have bearer token "***"'),
    );
    const arguments_ = testCase('abc');
    assert.deepEqual(masked(arguments_), testCase('***'));
    assert.deepEqual(arguments_, testCase('abc'));
  });

  it('hide what attachments hold, in base64, too', () => {
    const masked = messageMasker(maskFor(['hunter2']));
    const attached = (body: string): Envelope => ({
      attachment: {
        mediaType: 'text/plain',
        contentEncoding: 'BASE64' as never,
        body: Buffer.from(body).toString('base64'),
      },
    });
    assert.deepEqual(masked(attached('it is hunter2')), attached('it is ***'));
  });
});
