import { runLabel } from './container-labels';
import type { DockerEngine } from './docker';
import type { RunContext, Started } from './provider';

/** A network of a run's containers. Plain data: it travels to the workers. */
export interface NetworkFacts {
  readonly id: string;
  readonly name: string;
  /** The address under which the engine's machine is in it. */
  readonly gateway: string;
}

/** A network of the run's own; disposing removes it, and takes out what is still in it. */
export async function createNetwork(
  engine: DockerEngine,
  { runId, ledger }: RunContext,
): Promise<Started<NetworkFacts>> {
  const address = await engine.address();
  const name = `brine-${runId}`;
  const plan = { Name: name, Labels: { [runLabel]: runId }, CheckDuplicate: true };
  ledger.labelled(runId, address);
  const id = idOf(await engine.demand('POST', '/networks/create', undefined, plan));
  const remove = () => removeNetwork(engine, id);
  try {
    const { IPAM } = await inspect(engine, id);
    return { facts: { id, name, gateway: IPAM.Config[0]?.Gateway ?? '' }, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Lets a container that runs be reached in the network under these names. */
export async function joinNetwork(
  engine: DockerEngine,
  network: NetworkFacts,
  containerId: string,
  aliases: readonly string[],
): Promise<void> {
  const member = { Container: containerId, EndpointConfig: { Aliases: aliases } };
  await engine.demand('POST', `/networks/${network.id}/connect`, undefined, member);
}

async function removeNetwork(engine: DockerEngine, id: string): Promise<void> {
  const { Containers } = await inspect(engine, id);
  for (const Container of Object.keys(Containers)) {
    await engine.call('POST', `/networks/${id}/disconnect`, undefined, { Container, Force: true });
  }
  await engine.demand('DELETE', `/networks/${id}`);
}

interface InspectedNetwork {
  readonly IPAM: { readonly Config: readonly { readonly Gateway?: string }[] };
  readonly Containers: Readonly<Record<string, unknown>>;
}

async function inspect(engine: DockerEngine, id: string): Promise<InspectedNetwork> {
  return JSON.parse((await engine.demand('GET', `/networks/${id}`)).toString()) as InspectedNetwork;
}

function idOf(body: Buffer): string {
  return (JSON.parse(body.toString()) as { Id: string }).Id;
}
