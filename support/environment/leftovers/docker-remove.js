// @ts-check
// usage: node docker-remove.js < '[{"kind":"run","id":"...","engine":"/var/run/docker.sock"}, ...]'
// Removes all that a run or a compose project has: containers, then networks and volumes. Plain JavaScript that loads
// nothing, in a process of its own: whoever must remove something in its last moments cannot wait for answers. Needs no
// docker command. Says on standard output what could not be removed, a line each.
const { readFileSync } = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const { isIP } = require('node:net');
const path = require('node:path');

/** @typedef {{ kind: 'run' | 'project', id: string, engine: string }} DockerLeftover */
/** @typedef {{ kind: 'container' | 'network' | 'volume', id: string, engine: string }} Part */

/** By which label a run's parts are known (see `container-labels.ts`), and a compose project's. */
const labels = { run: 'brine.run', project: 'com.docker.compose.project' };

const limitMs = 20_000;

/**
 * @param {string} engine the path of a socket, or an address such as `tcp://10.0.0.1:2376`
 * @returns {{ options: import('node:https').RequestOptions, secure: boolean }}
 */
function endpointOf(engine) {
  if (!engine.includes('://')) return { options: { socketPath: engine }, secure: false };
  const { protocol, hostname, port, pathname } = new URL(engine);
  if (protocol === 'unix:' || protocol === 'npipe:')
    return { options: { socketPath: pathname }, secure: false };
  const folder = process.env.DOCKER_TLS_VERIFY === '1' ? process.env.DOCKER_CERT_PATH : undefined;
  if (folder === undefined) return { options: { host: hostname, port }, secure: false };
  const file = (/** @type {string} */ name) => readFileSync(path.join(folder, name));
  return {
    options: {
      host: hostname,
      port,
      servername: isIP(hostname) === 0 ? hostname : '', // the Host header says another
      ca: file('ca.pem'),
      cert: file('cert.pem'),
      key: file('key.pem'),
    },
    secure: true,
  };
}

/**
 * @param {string} engine
 * @param {string} method
 * @param {string} target
 * @param {object} [content]
 * @returns {Promise<{ status: number, body: string }>}
 */
function call(engine, method, target, content) {
  const { options, secure } = endpointOf(engine);
  const headers = { host: 'docker', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const all = { ...options, method, path: target, headers, timeout: limitMs };
    const request = (secure ? https : http).request(all, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('timeout', () => request.destroy(new Error('the Docker engine does not answer')));
    request.on('error', reject);
    request.end(content === undefined ? undefined : JSON.stringify(content));
  });
}

/** @param {Part} part */
async function remove({ kind, id, engine }) {
  if (kind === 'network') await disconnectAll(engine, id);
  const target = kind === 'container' ? `/containers/${id}?force=true&v=true` : `/${kind}s/${id}`;
  const { status, body } = await call(engine, 'DELETE', target);
  // 404: gone already; 409: somebody else is removing it
  const gone = status < 300 || status === 404 || (status === 409 && kind === 'container');
  if (!gone) throw new Error(`${kind} ${id}: ${body.trim()}`);
}

/** A container that stays from run to run is still in it. @param {string} engine @param {string} id */
async function disconnectAll(engine, id) {
  const { status, body } = await call(engine, 'GET', `/networks/${id}`);
  if (status !== 200) return;
  for (const container of Object.keys(JSON.parse(body).Containers ?? {})) {
    await call(engine, 'POST', `/networks/${id}/disconnect`, { Container: container, Force: true });
  }
}

/**
 * What came of those that did not fail; the faults of the others are said.
 * @template T
 * @param {Promise<T>[]} attempts
 * @returns {Promise<T[]>}
 */
async function collected(attempts) {
  const settled = await Promise.allSettled(attempts);
  return settled.flatMap((result) => {
    if (result.status === 'fulfilled') return [result.value];
    process.stdout.write(`${result.reason.message}\n`);
    return [];
  });
}

/**
 * @param {DockerLeftover} leftover
 * @returns {Promise<Part[]>}
 */
async function partsOf({ kind, id, engine }) {
  const label = `${labels[kind]}=${id}`;
  const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
  const list = async (/** @type {string} */ path) => {
    const { status, body } = await call(engine, 'GET', `${path}filters=${filters}`);
    return status === 200 ? JSON.parse(body) : [];
  };
  const containers = await list('/containers/json?all=true&');
  const networks = await list('/networks?');
  const { Volumes: volumes } = await list('/volumes?');
  return [
    ...containers.map((/** @type {{ Id: string }} */ { Id }) => ({ kind: 'container', id: Id, engine })),
    ...networks.map((/** @type {{ Id: string }} */ { Id }) => ({ kind: 'network', id: Id, engine })),
    ...(volumes ?? []).map((/** @type {{ Name: string }} */ { Name }) => ({
      kind: 'volume',
      id: Name,
      engine,
    })),
  ];
}

/** @param {DockerLeftover[]} leftovers */
async function main(leftovers) {
  const once = new Map(leftovers.map((leftover) => [JSON.stringify(leftover), leftover]));
  const parts = (await collected([...once.values()].map(partsOf))).flat();
  await collected(parts.filter(({ kind }) => kind === 'container').map(remove));
  await collected(parts.filter(({ kind }) => kind !== 'container').map(remove));
}

main(JSON.parse(readFileSync(0, 'utf8')));
