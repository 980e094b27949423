import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../support/environment/ports';

/** By chance alone, so many ports of two processes have some ten in common; those of one have seven twice. */
const many = 400;
const register = join(__dirname, '../../support/typescript/register.js');
const program = `
const { freePort } = require(${JSON.stringify(join(__dirname, '../../support/environment/ports.ts'))});
(async () => {
  const ports = [];
  while (ports.length < ${many}) ports.push(await freePort());
  process.send(ports);
  process.on('message', () => process.exit());
})();
`;

async function freePorts(): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < many) ports.push(await freePort());
  return ports;
}

test('a port that was given is given to nobody else, in this process and in others, though nobody listens on it', async () => {
  const other = fork('-', [], { execArgv: ['--require', register, '-e', program] });
  const [othersPorts] = (await once(other, 'message')) as [number[]];
  const ports = await freePorts();
  assert.equal(new Set([...ports, ...othersPorts]).size, 2 * many);
  other.send('end');
  await once(other, 'exit');
});

test('it is none that the system gives to connections, and a service can listen on it, at one address and at all', async () => {
  const port = await freePort();
  assert.ok(port >= 15_000 && port < 32_000, `${port}`);
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const server = createServer().listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
});
