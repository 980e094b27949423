import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpSession } from '../../world/http-session';

test('what is said of the next request goes before what is said of all, and is used up', () => {
  const session = new HttpSession();
  session.add({ which: 'all' }, { headers: { Accept: 'text/plain' }, timeoutMs: 1 });
  session.add({ which: 'all', service: 'orders' }, { headers: { accept: 'text/csv' } });
  session.add({ which: 'next' }, { headers: { ACCEPT: 'text/html' }, query: [['a', '1']] });
  assert.deepEqual(session.take('orders'), {
    headers: { ACCEPT: 'text/html' },
    query: [['a', '1']],
    timeoutMs: 1,
  });
  assert.deepEqual(session.take('orders'), { headers: { accept: 'text/csv' }, query: [], timeoutMs: 1 });
  assert.deepEqual(session.take('stock'), { headers: { Accept: 'text/plain' }, query: [], timeoutMs: 1 });
});

test('a token is fetched once until it expires, for each who asks', async () => {
  let now = 0;
  let fetched = 0;
  const session = new HttpSession(() => now);
  const token = (key: string) =>
    session.token(key, async () => ({ token: `t${++fetched}`, expiresAt: now + 1_000 }));
  assert.deepEqual([await token('a'), await token('a'), await token('b')], ['t1', 't1', 't2']);
  now = 1_000;
  assert.equal(await token('a'), 't3');
});

test('a token that all requests have is replaced when it has expired', async () => {
  let now = 0;
  let fetched = 0;
  const session = new HttpSession(() => now);
  const token = await session.token('a', async () => ({ token: `t${++fetched}`, expiresAt: now + 1_000 }));
  const headers = { Accept: '*/*', Authorization: `Bearer ${token}` };
  assert.deepEqual(await session.renewed(headers), headers);
  now = 1_000;
  assert.deepEqual(await session.renewed(headers), { ...headers, Authorization: 'Bearer t2' });
  assert.deepEqual(await session.renewed(headers), { ...headers, Authorization: 'Bearer t2' });
  const others: Array<Record<string, string>> = [
    {},
    { authorization: 'Bearer other' },
    { authorization: 'Basic t1' },
  ];
  for (const own of others) assert.deepEqual(await session.renewed(own), own);
  assert.equal(fetched, 2);
});
