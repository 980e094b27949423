import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runLabel } from '../../support/environment/container-labels';
import { DockerEngine } from '../../support/environment/docker';
import { Ledger } from '../../support/environment/leftovers/ledger';
import type { RunContext } from '../../support/environment/provider';

/** The images that the container tests use; the variables are those of Brine's configuration. */
export const images = {
  postgres: process.env.BRINE_POSTGRES_IMAGE ?? 'postgres:17-alpine',
  redis: process.env.BRINE_REDIS_IMAGE ?? 'redis:7-alpine',
  kafka: process.env.BRINE_KAFKA_IMAGE ?? 'confluentinc/cp-kafka:8.1.0',
};

/** One engine for the file, as one run has one. */
export const engine = new DockerEngine();

/**
 * Whether the test can run: Docker answers and has the image, or can pull it. Else the test is skipped, saying why;
 * with BRINE_TEST_DOCKER=required it fails.
 */
export async function dockerHas(image: string, t: TestContext): Promise<boolean> {
  const { available, reason } = await engine.image(image);
  if (!available && process.env.BRINE_TEST_DOCKER === 'required') throw new Error(reason);
  if (!available) t.skip(reason);
  return available;
}

/** A run of the test's own, which ends with it. */
export function testRun(t: TestContext): RunContext & { readonly lines: string[] } {
  const directory = mkdtempSync(join(tmpdir(), 'brine-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const lines: string[] = [];
  return {
    runId: `t${Math.random().toString(36).slice(2, 10)}`,
    directory,
    cacheDirectory: directory,
    ledger: new Ledger(directory),
    projectDirectory: directory,
    report: (line) => lines.push(line),
    lines,
  };
}

/** What the engine has of a run, running or not: containers, with their image and labels. */
export async function containersOf(runId: string): Promise<{ Id: string; Labels: Record<string, string> }[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`${runLabel}=${runId}`] }));
  const { body } = await engine.call('GET', `/containers/json?all=true&filters=${filters}`);
  return JSON.parse(body.toString());
}

/** The volumes that a container has. */
export async function volumesOf(id: string): Promise<string[]> {
  const { body } = await engine.call('GET', `/containers/${id}/json`);
  const { Mounts } = JSON.parse(body.toString()) as { Mounts: { Type: string; Name: string }[] };
  return Mounts.filter(({ Type }) => Type === 'volume').map(({ Name }) => Name);
}

/** Whether the engine has a volume of that name. */
export async function volumeExists(name: string): Promise<boolean> {
  return (await engine.call('GET', `/volumes/${name}`)).status === 200;
}

/** The runs whose containers and networks the ledger says are to be removed. */
export function ledgerRuns({ directory }: RunContext): string[] {
  const file = join(directory, 'ledger.ndjson');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const runs = lines.map((line) => JSON.parse(line)).flatMap(({ kind, id }) => (kind === 'run' ? [id] : []));
  return [...new Set(runs)];
}

/** Within it the reaper of a killed run has looked again for what a Docker engine was still making. */
export const reapedMs = 15_000;
