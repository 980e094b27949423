import { factory } from '../../index';

factory('account', {
  table: 'accounts',
  database: 'vocabulary',
  defaults: ({ sequence, faker }) => ({ name: `${faker.person.firstName()} ${sequence}`, balance: 100 }),
  traits: { rich: { balance: 1_000_000 } },
});

factory('entry', {
  table: 'ledger',
  database: 'vocabulary',
  defaults: ({ sequence, ref }) => ({ account: ref('account'), cents: sequence * 100 }),
});
