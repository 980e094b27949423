import assert from 'node:assert/strict';
import { noUuid } from '../../../support/kafka-broker/uuid';
import { createTopicsApi } from '../../../support/kafka-broker/wire/messages/create-topics';
import { deleteTopicsApi } from '../../../support/kafka-broker/wire/messages/delete-topics';
import { fetchApi } from '../../../support/kafka-broker/wire/messages/fetch';
import { metadataApi } from '../../../support/kafka-broker/wire/messages/metadata';
import { eventually } from '../../../support/time';
import type { RawClient } from '../../kafka-broker/raw-client';
import { Checks } from '../check';
import { fetchRequest, firstFetchById, idOf, produce, unknownId } from '../requests';
import type { Target } from '../target';

export const checks = new Checks();
const { add } = checks;

const withId = 10;
const byId = 12;

const ask = (
  raw: RawClient,
  version: number,
  topics: ReadonlyArray<{ name: string | null; topicId?: string }> | null,
) => raw.send(metadataApi, version, { topics, allowAutoTopicCreation: false });

/** Versions from this one on that both brokers have. */
const since = (target: Target, api: Parameters<Target['versions']>[0], first: number) =>
  target.versions(api).filter((version) => version >= first);

add(
  'A topic has an id, told by CreateTopics and Metadata, and another one when it is made again',
  async (target, raw) => {
    const name = target.name('with-id');
    const wanted = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
    const create = async () => {
      const { topics } = await raw.send(createTopicsApi, 7, { topics: [wanted], timeoutMs: 30_000 });
      assert.equal(topics[0]!.errorCode, 0);
      return topics[0]!.topicId;
    };
    const first = await create();
    assert.notEqual(first, noUuid);
    for (const version of since(target, metadataApi, withId)) {
      const { topics, errorCode } = await ask(raw, version, [{ name }]);
      assert.deepEqual([errorCode, topics[0]!.topicId, topics[0]!.name], [0, first, name]);
    }
    await raw.send(deleteTopicsApi, 5, { topicNames: [name], timeoutMs: 30_000 });
    assert.notEqual(await create(), first);
    const dry = await raw.send(createTopicsApi, 7, {
      topics: [{ ...wanted, name: target.name('dry') }],
      timeoutMs: 30_000,
      validateOnly: true,
    });
    assert.deepEqual([dry.topics[0]!.errorCode, dry.topics[0]!.topicId === noUuid], [0, false]);
  },
);

add(
  'Metadata by id: an unknown one is error 100 without a name; beside ids, names do not count',
  async (target, raw) => {
    const [one, two] = [await target.topic(), await target.topic()];
    const topicId = await idOf(raw, one);
    for (const version of since(target, metadataApi, byId)) {
      const { topics } = await ask(raw, version, [
        { name: null, topicId },
        { name: null, topicId: unknownId },
        { name: two },
        { name: null, topicId },
      ]);
      const told = topics.map(({ errorCode, name, topicId: id }) => [errorCode, name, id]);
      assert.deepEqual(told.sort(), [
        [0, one, topicId],
        [100, null, unknownId],
      ]);
    }
  },
);

add(
  'Metadata versions 10 and 11 tell ids, but asked by id, or for no name, they answer 42',
  async (target, raw) => {
    const name = await target.topic();
    const topicId = await idOf(raw, name);
    for (const version of [10, 11]) {
      const answer = await ask(raw, version, [{ name, topicId }, { name: null }]);
      assert.deepEqual(answer.brokers, []);
      assert.deepEqual(answer.topics.map((topic) => [topic.errorCode, topic.name, topic.topicId]).sort(), [
        [42, '', noUuid],
        [42, name, topicId],
      ]);
    }
  },
);

add('Metadata for no name in a version that has none ends the connection', async (_target, raw) => {
  raw.post(metadataApi.key, 9, Buffer.from('02000000000000', 'hex'), true);
  await raw.ended();
});

add('DeleteTopics by id and by name; an unknown id is 100, none or both 42', async (target, raw) => {
  const [one, two, kept] = [await target.topic(), await target.topic(), await target.topic()];
  const [idOfOne, idOfKept] = [await idOf(raw, one), await idOf(raw, kept)];
  const { responses } = await raw.send(deleteTopicsApi, 6, {
    topics: [
      { name: null, topicId: idOfOne },
      { name: two, topicId: noUuid },
      { name: null, topicId: unknownId },
      { name: null, topicId: noUuid },
      { name: kept, topicId: unknownId },
      { name: target.name('none'), topicId: noUuid },
    ],
    timeoutMs: 30_000,
  });
  const told = responses.map(({ errorCode, name, topicId }) => {
    return [
      errorCode,
      name?.replace(/none-\d+/, 'none'),
      topicId === noUuid ? 'none' : topicId === unknownId ? 'unknown' : 'known',
    ].join(' ');
  });
  assert.deepEqual(told.sort(), [
    `0 ${one} known`,
    `0 ${two} known`,
    '100  unknown',
    '3 none none',
    '42  none',
    `42 ${kept} unknown`,
  ]);
  assert.equal(await idOf(raw, kept), idOfKept);
});

add(
  'DeleteTopics: a name or an id that is given twice is error 42, once, and nothing is deleted',
  async (target, raw) => {
    const name = await target.topic();
    const topicId = await idOf(raw, name);
    for (const version of target.versions(deleteTopicsApi)) {
      if (version > 5) continue;
      const { responses } = await raw.send(deleteTopicsApi, version, {
        topicNames: [name, name],
        timeoutMs: 30_000,
      });
      assert.deepEqual(
        responses.map((response) => [response.name, response.errorCode]),
        [[name, 42]],
      );
    }
    const twice = { name: null, topicId };
    const { responses } = await raw.send(deleteTopicsApi, 6, { topics: [twice, twice], timeoutMs: 30_000 });
    assert.deepEqual(
      responses.map((response) => [response.name, response.topicId, response.errorCode]),
      [[null, topicId, 42]],
    );
    assert.equal(await idOf(raw, name), topicId);
  },
);

interface ById {
  readonly version: number;
  readonly topicId: string;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
  readonly isSilent?: boolean;
}

async function fetchFrom(raw: RawClient, { version, topicId, isSilent = false, ...session }: ById) {
  const { topics, ...rest } = fetchRequest('');
  const asked = isSilent ? [] : topics.map(({ partitions }) => ({ topicId, partitions }));
  const answer = await raw.send(fetchApi, version, { ...rest, ...session, topics: asked });
  const [response] = answer.responses;
  return {
    errorCode: answer.errorCode,
    sessionId: answer.sessionId,
    topicId: response?.topicId,
    error: response?.partitions[0]?.errorCode,
    bytes: response?.partitions[0]?.records?.length ?? 0,
  };
}

add('Fetch by id, in every version; an unknown id is error 100', async (target, raw) => {
  const name = await target.topic();
  await produce(raw, name, { values: ['a'] });
  const topicId = await idOf(raw, name);
  assert.ok(since(target, fetchApi, firstFetchById).length > 5);
  for (const version of since(target, fetchApi, firstFetchById)) {
    const found = await fetchFrom(raw, { version, topicId });
    assert.deepEqual([found.errorCode, found.topicId, found.error, found.bytes > 60], [0, topicId, 0, true]);
    const unknown = await fetchFrom(raw, { version, topicId: unknownId });
    assert.deepEqual(
      [unknown.errorCode, unknown.topicId, unknown.error, unknown.bytes],
      [0, unknownId, 100, 0],
    );
  }
});

add(
  'Fetch sessions by id: told what is new; with a version that goes by names, error 106',
  async (target, raw) => {
    const name = await target.topic();
    const topicId = await idOf(raw, name);
    const first = await fetchFrom(raw, { version: 15, topicId, sessionEpoch: 0 });
    const { sessionId } = first;
    assert.notEqual(sessionId, 0);
    await produce(raw, name, { values: ['a'] });
    const second = await fetchFrom(raw, { version: 15, topicId, sessionId, sessionEpoch: 1, isSilent: true });
    assert.deepEqual(
      [second.errorCode, second.topicId, second.error, second.bytes > 60],
      [0, topicId, 0, true],
    );
    const byName = await fetchFrom(raw, { version: 12, topicId, sessionId, sessionEpoch: 2, isSilent: true });
    assert.equal(byName.errorCode, 106);
  },
);

add(
  'A topic that was made anew while a session names the old one: error 103, and 3 when it is gone',
  async (target, raw) => {
    const name = await target.topic();
    const topicId = await idOf(raw, name);
    const { sessionId } = await fetchFrom(raw, { version: 15, topicId, sessionEpoch: 0 });
    let sessionEpoch = 0;
    const isTold = (error: number) =>
      eventually(
        async () => {
          sessionEpoch++;
          const found = await fetchFrom(raw, {
            version: 15,
            topicId,
            sessionId,
            sessionEpoch,
            isSilent: true,
          });
          assert.deepEqual([found.errorCode, found.topicId, found.error], [0, topicId, error]);
        },
        { withinMs: 10_000 }, // a broker learns of both a moment after the controller has answered
      );
    await raw.send(deleteTopicsApi, 5, { topicNames: [name], timeoutMs: 30_000 });
    await isTold(3);
    await target.topicCalled(name);
    await isTold(103);
  },
);
