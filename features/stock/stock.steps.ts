import { expect } from 'chai';
import { type AcceptanceWorld, assertion, setup } from '../../index';

setup(
  '{int} piece(s) of {string} is/are in stock',
  { doc: 'Sets how many pieces can be reserved.', examples: ['Given 3 pieces of "sku-01" are in stock'] },
  async function (this: AcceptanceWorld, pieces: number, sku: string) {
    const stock = this.database('inventory');
    await stock.query('UPDATE stock SET available = $1 WHERE sku = $2', [pieces, sku]);
  },
);

setup(
  'user {string} exists',
  { doc: 'Registers a user; her id is `${userId}` from then on.', examples: ['Given user "ada" exists'] },
  async function (this: AcceptanceWorld, username: string) {
    const [user] = await this.database('orders').query(
      'INSERT INTO users (username, email) VALUES ($1, $2) RETURNING id',
      [username, `${username}@example.org`],
    );
    this.variables.set('userId', user?.id);
  },
);

assertion(
  '{int} piece(s) of {string} is/are left',
  { doc: 'What the inventory says is available.', examples: ['Then 1 piece of "sku-01" is left'] },
  async function (this: AcceptanceWorld, pieces: number, sku: string) {
    const { text } = await this.http({ method: 'GET', path: `/stock/${sku}` }, 'inventory');
    expect(JSON.parse(text).available, `pieces of ${sku}`).to.equal(pieces);
  },
);
