import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GivenAnswer } from '../../support/stubs/stub-answer';
import { type Choice, StubRules } from '../../support/stubs/stub-rules';

const answer = (status: number): GivenAnswer => ({ status, headers: {}, body: '', delayMs: 0 });
const request = {
  method: 'POST',
  path: '/charges?x=1',
  headers: { 'x-a': 'b' },
  body: '{"n":12345678901234567890}',
};

function told(choice: Choice): string | number {
  if ('unexpected' in choice) return choice.unexpected;
  return choice.answer === 'dropped' ? 'dropped' : choice.answer.status;
}

test('the last description that fits answers, and what all get is for the rest', () => {
  const rules = new StubRules(answer(200));
  assert.equal(told(rules.choose(request)), 200);
  rules.answerAll(answer(503));
  rules.add({ called: 'POST', request: { method: 'POST' }, turns: [{ answer: answer(201) }] });
  rules.add({ called: 'n', request: { body: { n: 12345678901234567890n } }, turns: [{ answer: 'dropped' }] });
  assert.equal(told(rules.choose(request)), 'dropped');
  assert.equal(told(rules.choose({ ...request, body: '' })), 201);
  assert.equal(told(rules.choose({ ...request, method: 'GET', body: '' })), 503);
  rules.answerAll(answer(204));
  assert.equal(told(rules.choose(request)), 204);
});

test('answers are given in turn, so often as they say', () => {
  const rules = new StubRules(answer(200));
  const turns = [
    { answer: answer(500), times: 2 },
    { answer: 'dropped' as const, times: 1 },
    { answer: answer(201) },
  ];
  rules.add({ called: 'x', request: { path: '/charges' }, turns });
  const all = Array.from({ length: 5 }, () => told(rules.choose(request)));
  assert.deepEqual(all, [500, 500, 'dropped', 201, 201]);
});

test('calls after the last turn are all told how often there was an answer', () => {
  const rules = new StubRules(answer(200));
  rules.add({ called: 'POST /charges', request: {}, turns: [{ answer: answer(201), times: 1 }] });
  const [first, ...others] = Array.from({ length: 3 }, () => told(rules.choose(request)));
  assert.equal(first, 201);
  const once =
    'POST /charges has been answered 1 time, as its description says, which has no answer for a further call';
  assert.deepEqual(others, [once, once]);
});

test('what fits nothing is explained by what comes closest: the path counts most, then the method', () => {
  const rules = new StubRules(answer(200));
  rules.add({
    called: 'PUT /charges',
    request: { method: 'PUT', path: '/charges' },
    turns: [{ answer: answer(1) }],
  });
  rules.add({
    called: 'POST /refunds',
    request: { method: 'POST', path: '/refunds' },
    turns: [{ answer: answer(2) }],
  });
  assert.equal(
    told(rules.choose(request)),
    'the closest description is PUT /charges (1 other), which differs in:\n  $.method: expected "PUT", was "POST"',
  );
});

test('names that every object inherits are names like others', () => {
  const rules = new StubRules(answer(200));
  rules.add({
    called: 'x',
    request: { headers: { constructor: '#present' } },
    turns: [{ answer: answer(201) }],
  });
  assert.match(String(told(rules.choose(request))), /\$\.headers\.constructor/);
  assert.equal(told(rules.choose({ ...request, headers: { constructor: 'x' } })), 201);
});

test('who has described something waits for a call, of whichever of its descriptions', () => {
  const rules = new StubRules(answer(200));
  const [all, some, none] = ['all', 'some', 'none'].map((text) => ({ place: 'a.feature:1', text }));
  const described = (path: string) => ({ called: path, request: { path }, turns: [{ answer: answer(201) }] });
  rules.answerAll(answer(503), all);
  rules.add(described('/refunds'), some);
  rules.add(described('/charges'), some);
  rules.add(described('/rates'), none);
  rules.add(described('/hooks'));
  assert.deepEqual(rules.uncalled, [all, some, none]);
  rules.choose(request);
  assert.deepEqual(rules.uncalled, [none]);
  rules.excuse();
  assert.deepEqual(rules.uncalled, []);
});
