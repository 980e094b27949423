import assert from 'node:assert/strict';
import test from 'node:test';
import { ErrorCode } from '../../support/kafka-broker/error-code';
import { startBroker } from './harness';
import { RawClient } from './raw-client';
import { produceTo } from './raw-requests';

test('with fewer running replicas than min.insync.replicas a write with acks -1 is error 19', async (t) => {
  const broker = await startBroker(t, { brokers: 3 });
  broker.createTopic('safe', { replicationFactor: 3, configs: { 'min.insync.replicas': '2' } });
  const produceToLeader = async () => {
    const { leader } = broker.partitions('safe')[0]!;
    const { host, port } = broker.brokers.find(({ id }) => id === leader)!;
    using client = await RawClient.connect(`${host}:${port}`);
    return (await produceTo(client, 'safe', { values: ['x'] })).errorCode;
  };
  assert.equal(await produceToLeader(), ErrorCode.none);
  const stop = () => broker.stopBroker(broker.partitions('safe')[0]!.leader);
  await stop();
  assert.equal(await produceToLeader(), ErrorCode.none);
  await stop();
  assert.equal(await produceToLeader(), ErrorCode.notEnoughReplicas);
  assert.equal(broker.records('safe').length, 2);
});
