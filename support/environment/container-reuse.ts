import { createHash } from 'node:crypto';
import { eventually } from '../time';
import type { ContainerSettings } from './container';
import { reuseLabel, serviceLabel } from './container-labels';
import type { ContainerDescription, DockerEngine } from './docker';
import type { BackingServiceName } from './provider';

/** Counts up when the way changes in which the containers are made, so that old ones are not found again. */
const layoutVersion = 1;
/** What there is between making a container and starting it. */
const makerLimitMs = 3_000;

/** Twelve characters that change with anything that decides what the container is. */
export function reuseHash(service: BackingServiceName, settings: ContainerSettings): string {
  const { image, memory, cpus, durable } = settings;
  const what = [layoutVersion, service, image, memory ?? null, cpus ?? null, durable ?? false];
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 12);
}

/** The container's name: two runs that make it at the same time cannot both succeed. */
export function reusedName(service: BackingServiceName, hash: string): string {
  return `brine-${service}-${hash}`;
}

/**
 * The container that an earlier run has left for this one, running.
 * @returns undefined when there is none
 */
export async function adoptContainer(
  engine: DockerEngine,
  service: BackingServiceName,
  hash: string,
): Promise<string | undefined> {
  const found = await engine.inspect(reusedName(service, hash));
  if (found?.labels[reuseLabel] !== hash) return undefined;
  await wake(engine, found);
  return found.id;
}

/** After the machine was started anew it has ended, and keeps its port all the same. */
async function wake(
  engine: DockerEngine,
  { id, running, paused, ended }: ContainerDescription,
): Promise<void> {
  if (paused) await engine.act(id, 'unpause');
  if (!running && !ended) await startedByItsMaker(engine, id);
  if (!running) await engine.act(id, 'start');
}

/** One that was never started is about to be, by the run that makes it: starting it twice fails there. */
async function startedByItsMaker(engine: DockerEngine, id: string): Promise<void> {
  const runs = async () => {
    if (!(await engine.inspect(id))?.running) throw new Error('it does not run yet');
  };
  await eventually(runs, { withinMs: makerLimitMs }).catch(() => {}); // its maker was killed
}

/** Names the containers of other settings that still wait for a run: nobody but the user knows whether one will come. */
export async function reportOthers(
  engine: DockerEngine,
  service: BackingServiceName,
  hash: string,
  report: (line: string) => void,
): Promise<void> {
  const all = await engine.labelled(serviceLabel, service);
  for (const { id, labels } of all) {
    const other = labels[reuseLabel];
    if (other === undefined || other === hash) continue;
    report(
      `${service}: a container for reuse with other settings is there, too; if nobody needs it: docker rm --force --volumes ${id.slice(0, 12)}`,
    );
  }
}
