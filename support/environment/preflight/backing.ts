import { type BackingServiceName, backingServiceNames, type ResolvedConfiguration } from '../../config';
import { messageOf } from '../../errors';
import { bounded } from '../../time';
import { backingProviders } from '../backing-providers';
import type { DockerEngine } from '../docker';
import type { Availability, Provider, ProviderName } from '../provider';
import { remedyFor } from '../remedy';
import { examineComposeService } from './compose';
import { type Detail, type Finding, good } from './finding';
import { examinePorts } from './ports';
import type { Site } from './services';

/** A pull is bounded by itself, and takes the longest. */
const limitMs = 75_000;

/** Each backing service with each of its providers, all at once. */
export async function examineBackingServices(site: Site): Promise<Finding[]> {
  const { configuration, docker, projectDirectory } = site;
  const providers = backingProviders(configuration, docker, projectDirectory);
  const findings = await Promise.all(
    backingServiceNames.map((service) => {
      const { image } = configuration[service];
      const candidates = allProviders(service, providers[service]).map((candidate) =>
        candidate.name === 'container' ? withArchitecture(candidate, docker, image) : candidate,
      );
      return examineOne(service, candidates, site);
    }),
  );
  return findings.flat();
}

/** A provider with what it answered. */
type Tried = Detail & Pick<Availability, 'command' | 'misconfigured'>;

type Candidate = Pick<Provider<unknown>, 'name' | 'check'>;

/** Without a URL there is no external provider; that is worth a line, too. */
function allProviders(service: BackingServiceName, candidates: readonly Candidate[]): readonly Candidate[] {
  if (candidates.some(({ name }) => name === 'external')) return candidates;
  const key = service === 'kafka' ? 'kafka.brokers' : `${service}.url`;
  const reason = `${key} is not configured`;
  return [{ name: 'external', check: async () => ({ available: false, reason }) }, ...candidates];
}

/** An image for another processor may be started all the same, but is emulated, or ends at once. */
function withArchitecture(candidate: Candidate, docker: DockerEngine, image: string): Candidate {
  return {
    name: candidate.name,
    async check() {
      const availability = await candidate.check();
      if (!availability.available) return availability;
      const [own, engine] = await Promise.all([
        architecture(docker, `/images/${image}/json`, 'Architecture'),
        architecture(docker, '/version', 'Arch'),
      ]);
      if (own === undefined || engine === undefined || own === engine) return availability;
      const reason = `${availability.reason}, but the image is for ${own} and the engine runs ${engine}`;
      return { available: true, reason };
    },
  };
}

async function architecture(docker: DockerEngine, path: string, key: string): Promise<string | undefined> {
  const { status, body } = await docker.call('GET', path);
  if (status !== 200) return undefined;
  const value: unknown = JSON.parse(body.toString())[key];
  return typeof value === 'string' ? value : undefined;
}

async function examineOne(
  service: BackingServiceName,
  candidates: readonly Candidate[],
  { configuration, lanes, ...site }: Site,
): Promise<Finding[]> {
  const unneeded = service === 'postgres' ? whyNoServer(configuration) : undefined;
  if (unneeded !== undefined) return [good(service, `is not started: ${unneeded}`)];
  const wanted = configuration[service].provider ?? configuration.provider;
  const details = await Promise.all(candidates.map((candidate) => tried(candidate, wanted)));
  const taken = details.find(({ available, misconfigured }) => available || misconfigured);
  if (!taken?.available) return [refused(service, wanted, details)];
  const how = wanted === 'auto' ? `auto takes ${taken.name}` : `${taken.name}, as configured`;
  const found: Finding = { subject: service, severity: 'good', text: how, details };
  const composed = configuration.compose.services[service]?.service;
  if (taken.name === 'compose' && composed !== undefined) {
    const { file } = configuration.compose;
    return [found, ...(await examineComposeService(service, composed, { file, ...site }))];
  }
  if (taken.name !== 'embedded') return [found];
  const key = [service, 'port'];
  const first = configuration[service].port;
  return [found, ...(await examinePorts(service, { key, first, lanes: service === 'postgres' ? 1 : lanes }))];
}

function whyNoServer({ databases }: ResolvedConfiguration): string | undefined {
  const urls = Object.values(databases).map(({ url }) => url);
  if (urls.length === 0) return 'no database is declared';
  return urls.includes(undefined) ? undefined : 'every database has a URL of its own';
}

async function tried(candidate: Candidate, wanted: 'auto' | ProviderName): Promise<Tried> {
  const { name } = candidate;
  if (wanted !== 'auto' && wanted !== name) {
    return { name, available: undefined, text: `not tried: the provider is "${wanted}"` };
  }
  const { reason, ...found } = await answer(candidate);
  return { name, text: reason, ...found };
}

async function answer(candidate: Candidate): Promise<Availability> {
  try {
    return await bounded(candidate.check(), limitMs, () => new Error('it did not answer in time'));
  } catch (error) {
    return { available: false, reason: messageOf(error) };
  }
}

function refused(
  service: BackingServiceName,
  wanted: 'auto' | ProviderName,
  details: readonly Tried[],
): Finding {
  return {
    subject: service,
    severity: 'problem',
    text: wanted === 'auto' ? cannotBeHad(details) : `cannot be had: ${wanted} is asked for`,
    details,
    command: remedyFor(
      service,
      wanted,
      details.map(({ name, text, ...rest }) => ({ ...rest, provider: name, reason: text })),
    ),
  };
}

function cannotBeHad(details: readonly Tried[]): string {
  const wrong = details.find(({ misconfigured }) => misconfigured);
  return wrong === undefined
    ? 'cannot be had from any provider'
    : `cannot be had: ${wrong.name} is configured, and wrong`;
}
