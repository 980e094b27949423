import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutProgress } from '../../support/environment/compose/command';
import { serviceFile } from '../../support/environment/compose/service-file';

const copy = {
  service: 'api',
  command: undefined,
  env: {},
  port: 8080,
  outsidePort: 15001,
  alias: 'orders-0',
  labels: { 'brine.run': 'r1' },
  network: { name: 'brine-r1' },
};

test('a copy keeps what the file says of the service, but for what two copies could not share', () => {
  const api = {
    image: 'shop/api:1',
    user: '1000',
    environment: { A: '1', B: '2' },
    labels: { team: 'x' },
    container_name: 'api',
    ports: [{ target: 80, published: '80' }],
    networks: { back: null },
    depends_on: { db: {} },
  };
  assert.deepEqual(serviceFile({ name: 'shop', services: { api, db: {} } }, { ...copy, env: { B: '3$' } }), {
    services: {
      api: {
        image: 'shop/api:1',
        user: '1000',
        environment: { A: '1', B: '3$$' },
        labels: { team: 'x', 'brine.run': 'r1' },
        ports: [{ target: 8080, published: '15001', protocol: 'tcp' }],
        networks: { run: { aliases: ['orders-0'] } },
      },
    },
    networks: { run: { external: true, name: 'brine-r1' } },
    volumes: {},
  });
});

test('a copy has volumes of its own, but for those that are not of the file', () => {
  const volumes = { data: { name: 'shop_data' }, theirs: { name: 'theirs', external: true } };
  const file = serviceFile({ name: 'shop', services: { api: { image: 'x' } }, volumes }, copy);
  assert.deepEqual('volumes' in file ? file.volumes : undefined, {
    data: {},
    theirs: { name: 'theirs', external: true },
  });
});

test('lanes share the image that is built, under the name that compose gives it', () => {
  const file = serviceFile({ name: 'shop', services: { api: { build: { context: '/src' } } } }, copy);
  assert.match(JSON.stringify(file), /"image":"shop-api"/);
});

test('of what compose says of a failure, only that is told, not how far it had come', () => {
  const said = ` Network brine-d0b07ea0_default  Creating
 Network brine-d0b07ea0_default  Created
 Container brine-d0b07ea0-cache-1  Waiting
 Container brine-d0b07ea0-cache-1  Error
dependency failed to start: container brine-d0b07ea0-cache-1 is unhealthy`;
  assert.equal(
    withoutProgress(said),
    'dependency failed to start: container brine-d0b07ea0-cache-1 is unhealthy',
  );
  const pull = 'db Pulling \n db Error no such host\nError response from daemon: no such host';
  assert.equal(withoutProgress(pull), 'db Error no such host\nError response from daemon: no such host');
  assert.equal(withoutProgress(' Container a-1  Error'), ' Container a-1  Error');
});
