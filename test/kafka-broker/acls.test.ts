import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Acl,
  type AclFilter,
  Acls,
  operation,
  pattern,
  permission,
  resource,
} from '../../support/kafka-broker/state/acls';

const alice = { principal: 'User:alice', host: '10.0.0.1' };
const allowed: Acl = {
  resourceType: resource.topic,
  resourceName: 'orders',
  patternType: pattern.literal,
  principal: 'User:alice',
  host: '*',
  operation: operation.read,
  permissionType: permission.allow,
};
const any: Pick<AclFilter, 'resourceType' | 'resourceName' | 'patternType' | 'principal' | 'host'> = {
  resourceType: 1,
  resourceName: null,
  patternType: 1,
  principal: null,
  host: null,
};
const all: AclFilter = { ...any, operation: operation.any, permissionType: permission.any };

function withAcls(...changes: ReadonlyArray<Partial<Acl>>): Acls {
  const acls = new Acls(['root']);
  for (const change of changes) acls.add({ ...allowed, ...change });
  return acls;
}

test('what no ACL allows is denied, but to super users', () => {
  const acls = withAcls({});
  assert.ok(acls.allows(alice, operation.read, 'topic', 'orders'));
  assert.ok(!acls.allows(alice, operation.write, 'topic', 'orders'));
  assert.ok(!acls.allows(alice, operation.read, 'topic', 'orders-2'));
  assert.ok(!acls.allows(alice, operation.read, 'group', 'orders'));
  assert.ok(!acls.allows({ ...alice, principal: 'User:bob' }, operation.read, 'topic', 'orders'));
  assert.ok(acls.allows({ ...alice, principal: 'User:root' }, operation.write, 'topic', 'x'));
});

test('to read, write, delete or alter implies to describe; a denial implies nothing', () => {
  for (const done of [operation.read, operation.write, operation.delete, operation.alter]) {
    const acls = withAcls({ operation: done });
    assert.ok(acls.allows(alice, operation.describe, 'topic', 'orders'));
    assert.ok(!acls.allows(alice, operation.describeConfigs, 'topic', 'orders'));
  }
  const alters = withAcls({ operation: operation.alterConfigs });
  assert.ok(alters.allows(alice, operation.describeConfigs, 'topic', 'orders'));
  const acls = withAcls({ operation: operation.write }, { permissionType: permission.deny });
  assert.ok(acls.allows(alice, operation.describe, 'topic', 'orders'));
});

test('a denial wins over everything that allows', () => {
  const denial = { permissionType: permission.deny };
  for (const change of [{}, { resourceName: '*' }, { principal: 'User:*' }, { operation: operation.all }]) {
    const acls = withAcls({ operation: operation.all }, { ...denial, ...change });
    assert.ok(!acls.allows(alice, operation.read, 'topic', 'orders'));
  }
  const elsewhere = withAcls({}, { ...denial, host: '10.0.0.2' });
  assert.ok(elsewhere.allows(alice, operation.read, 'topic', 'orders'));
});

test('prefixes, wildcards and hosts are heeded; a prefix of an asterisk is just that', () => {
  const prefixed = withAcls({ resourceName: 'ord', patternType: pattern.prefixed });
  assert.ok(prefixed.allows(alice, operation.read, 'topic', 'orders-2'));
  assert.ok(!prefixed.allows(alice, operation.read, 'topic', 'payments'));
  assert.ok(withAcls({ resourceName: '*' }).allows(alice, operation.read, 'topic', 'payments'));
  const odd = withAcls({ resourceName: '*', patternType: pattern.prefixed });
  assert.ok(!odd.allows(alice, operation.read, 'topic', 'payments'));
  const hosted = withAcls({ host: '10.0.0.1', principal: 'User:*' });
  assert.ok(hosted.allows(alice, operation.read, 'topic', 'orders'));
  assert.ok(!hosted.allows({ ...alice, host: '10.0.0.2' }, operation.read, 'topic', 'orders'));
});

test('whether there is any resource to write to takes denials into account that cover all of them', () => {
  const write = { operation: operation.write };
  assert.ok(withAcls(write).allowsAny(alice, operation.write, 'topic'));
  assert.ok(!withAcls({}).allowsAny(alice, operation.write, 'topic'));
  const denial = { ...write, permissionType: permission.deny };
  assert.ok(!withAcls(write, { ...denial, resourceName: '*' }).allowsAny(alice, operation.write, 'topic'));
  assert.ok(!withAcls(write, denial).allowsAny(alice, operation.write, 'topic'));
  const partly = withAcls({ ...write, resourceName: '*' }, denial);
  assert.ok(partly.allowsAny(alice, operation.write, 'topic'));
});

test('filters find by each field; "match" finds all that act on a name', () => {
  const acls = withAcls(
    {},
    { resourceName: 'ord', patternType: pattern.prefixed },
    { resourceName: '*' },
    {},
  );
  const names = (filter: Partial<AclFilter>) =>
    acls.find({ ...all, ...filter }).map(({ resourceName }) => resourceName);
  assert.deepEqual(names({}), ['orders', 'ord', '*']);
  assert.deepEqual(names({ resourceName: 'orders' }), ['orders']);
  assert.deepEqual(names({ resourceName: 'orders', patternType: pattern.match }), ['orders', 'ord', '*']);
  assert.deepEqual(names({ patternType: pattern.prefixed }), ['ord']);
  assert.deepEqual(names({ operation: operation.write }), []);
  assert.equal(acls.delete({ ...all, patternType: pattern.prefixed }).length, 1);
  assert.deepEqual(names({}), ['orders', '*']);
});
