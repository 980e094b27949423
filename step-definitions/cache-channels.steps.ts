import type { DataTable } from '@cucumber/cucumber';
import type { RowsMode } from '../support/matching';
import type { AcceptanceWorld } from '../world/acceptance-world';
import { nestedOrText } from '../world/cache-values';
import { counted, expectJson, expectRows, fail, indented, matchesJson } from '../world/expectations';
import { renderRows } from '../world/row-text';
import { stepsUsing } from './define';

const { action, assertion, setup } = stepsUsing('redis');

/** One channel, or all whose names match a pattern. */
interface Listened {
  /** How a step names it. */
  readonly phrase: string;
  readonly has: string;
  readonly kind: 'channel' | 'pattern';
  readonly example: string;
  /** Columns of its messages. */
  readonly columns: readonly string[];
  readonly inColumns: string;
}

const one: Listened = {
  phrase: 'channel {string}',
  has: 'has',
  kind: 'channel',
  example: 'channel "order-updates" has',
  columns: ['message'],
  inColumns: 'Columns are paths: `message`, `message.orderId`.',
};

const many: Listened = {
  phrase: 'channels like {string}',
  has: 'have',
  kind: 'pattern',
  example: 'channels like "order-*" have',
  columns: ['channel', 'message'],
  inColumns: 'Columns: `channel`, and paths such as `message`, `message.orderId`.',
};

setup(
  'channel {string} is listened to',
  {
    doc: 'From now on the messages of the channel are kept for this scenario; Redis itself keeps none. On a server that lanes share, channels are kept apart only where a service is given `{{redis.channelPrefix}}`.',
    examples: ['Given channel "order-updates" is listened to'],
  },
  async function (this: AcceptanceWorld, channel: string) {
    await this.cache.channels.listen(channel);
  },
);

setup(
  'channels like {string} are listened to',
  {
    doc: 'As `channel ... is listened to`, for all channels that match a pattern of Redis: `order-*`, those that nobody knows yet, too.',
    examples: ['Given channels like "order-*" are listened to'],
  },
  async function (this: AcceptanceWorld, pattern: string) {
    await this.cache.channels.listenLike(pattern);
  },
);

action(
  'channel {string} receives a message:',
  {
    doc: 'Publishes this text, `${...}` filled.',
    examples: [
      'When channel "order-updates" receives a message:\n  """\n  { "orderId": "${orderId}" }\n  """',
    ],
  },
  async function (this: AcceptanceWorld, channel: string, message: string) {
    await this.cache.channels.publish(channel, this.variables.text(message, 'the message'));
  },
);

for (const listened of [one, many]) {
  const { phrase, has, example, columns, inColumns } = listened;

  assertion(
    `${phrase} ${has} a message:`,
    {
      doc: 'A message since it was listened to is JSON with at least these fields. Markers may capture.',
      examples: [`Then within 5 seconds ${example} a message:\n  """\n  { "orderId": "\${orderId}" }\n  """`],
    },
    async function (this: AcceptanceWorld, name: string, expected: string) {
      const rows = await messagesOf(this, listened, name);
      const found = rows.find(({ message }) => matchesJson(this, expected, message)) ?? rows.at(-1);
      const what = titleOf(listened, name);
      if (found === undefined) return fail(`${what} ${has} no message since listening began`);
      return expectJson(this, expected, found.message, {
        what: `no message of ${what} is like this; the last one`,
        mode: 'contains',
        context: `the messages since listening began:\n${indented(renderRows(rows))}`,
      });
    },
  );

  const tables: ReadonlyArray<readonly [words: string, mode: RowsMode, doc: string]> = [
    ['messages:', 'contains', 'A message for each row, in any order; there may be others.'],
    [
      'only these messages in order:',
      'only in order',
      'The messages since listening began are these and no others, in this order.',
    ],
  ];
  for (const [words, mode, doc] of tables) {
    const table =
      listened.kind === 'channel'
        ? '| message |\n  | hello   |'
        : '| channel | message |\n  | order-1 | hello   |';
    assertion(
      `${phrase} ${has} ${words}`,
      { doc: `${doc} ${inColumns}`, examples: [`Then within 5 seconds ${example} ${words}\n  ${table}`] },
      async function (this: AcceptanceWorld, name: string, expected: DataTable) {
        const rows = await messagesOf(this, listened, name);
        expectRows(this, expected, rows, { what: titleOf(listened, name), mode, noun: 'message', columns });
      },
    );
  }

  assertion(
    `${phrase} ${has} {int} message(s)`,
    {
      doc: 'How many messages came since listening began.',
      examples: [`Then for 1 second ${example} 1 message`],
    },
    async function (this: AcceptanceWorld, name: string, count: number) {
      await expectCount(this, listened, name, count, String(count));
    },
  );

  assertion(
    `${phrase} ${has} no messages`,
    {
      doc: 'Nothing came since listening began. Say for how long: `for 1 second ...`.',
      examples: [`Then for 1 second ${example} no messages`],
    },
    async function (this: AcceptanceWorld, name: string) {
      await expectCount(this, listened, name, 0, 'none');
    },
  );
}

async function expectCount(
  world: AcceptanceWorld,
  listened: Listened,
  name: string,
  count: number,
  inWords: string,
): Promise<void> {
  const rows = await messagesOf(world, listened, name);
  if (rows.length === count) return;
  const list = rows.length === 0 ? '' : `:\n${indented(renderRows(rows))}`;
  fail(
    `${titleOf(listened, name)} ${listened.has} ${counted(rows.length, 'message')}, not ${inWords}${list}`,
  );
}

function titleOf({ phrase }: Listened, name: string): string {
  return phrase.replace('{string}', `"${name}"`);
}

interface MessageRow {
  readonly message: unknown;
  readonly [column: string]: unknown;
}

async function messagesOf(world: AcceptanceWorld, { kind }: Listened, name: string): Promise<MessageRow[]> {
  const { channels } = world.cache;
  if (kind === 'channel')
    return (await channels.messages(name)).map(({ message }) => ({ message: nestedOrText(message) }));
  const all = await channels.messagesLike(name);
  return all.map(({ channel, message }) => ({ channel, message: nestedOrText(message) }));
}
