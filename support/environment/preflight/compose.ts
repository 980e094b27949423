import { messageOf } from '../../errors';
import { readComposeFile } from '../compose/composed-services';
import type { ComposeService, ResolvedComposeFile } from '../compose/service-file';
import type { DockerEngine } from '../docker';
import { anyAddress } from '../ports';
import { type Finding, problem } from './finding';
import { whoHolds } from './ports';

/** A compose file, and the engine that it is meant for. */
export interface ComposeSite {
  /** Relative to the project. */
  readonly file: string;
  readonly projectDirectory: string;
  readonly docker: DockerEngine;
}

/**
 * A problem for each image that cannot be had, and each fixed port of this machine that is taken, of a service in a compose
 * file and of those that it depends on. The file is known to have the service.
 * @param subject what the run calls it: `postgres`
 */
export async function examineComposeService(
  subject: string,
  service: string,
  site: ComposeSite,
): Promise<Finding[]> {
  try {
    const content = await readComposeFile(site.file, site.projectDirectory);
    const isHere = (await site.docker.host()) === 'localhost';
    const findings = [...withDependencies(service, content)].map(async (name) => {
      const declared = content.services[name] ?? {};
      const ports = isHere ? await examinePublishedPorts(subject, name, declared, site.file) : [];
      return [...(await examineImageOf(subject, name, declared, site)), ...ports];
    });
    return (await Promise.all(findings)).flat();
  } catch (error) {
    return [problem(subject, messageOf(error), `docker compose --file ${site.file} config`)];
  }
}

/** The same of a service under test, which is started as a copy without its ports and dependencies. */
export async function examineComposeImage(
  subject: string,
  service: string,
  site: ComposeSite,
): Promise<Finding[]> {
  const { services } = await readComposeFile(site.file, site.projectDirectory);
  return examineImageOf(subject, service, services[service] ?? {}, site);
}

/** Compose starts them first. */
function withDependencies(service: string, content: ResolvedComposeFile): ReadonlySet<string> {
  const found = new Set([service]);
  for (const name of found) // also those that are found meanwhile
    for (const needed of Object.keys(content.services[name]?.depends_on ?? {})) found.add(needed);
  return found;
}

/** One that is built is built when it is missing. */
async function examineImageOf(
  subject: string,
  service: string,
  { image, build }: ComposeService,
  { file, docker }: ComposeSite,
): Promise<Finding[]> {
  // compose knows nothing of the mirror that testcontainers may be told of
  if (image === undefined || build !== undefined || docker.nameOf(image) !== image) return [];
  const { available, reason } = await docker.image(image);
  if (available) return [];
  const text = `the service "${service}" of ${file} cannot start: ${reason}`;
  return [problem(subject, text, `docker compose --file ${file} pull ${service}`)];
}

async function examinePublishedPorts(
  subject: string,
  service: string,
  { ports = [] }: ComposeService,
  file: string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { published = '', host_ip: host = anyAddress, protocol = 'tcp' } of ports) {
    const port = Number(published); // neither a range, of which compose takes what is free, nor none
    const taken = port > 0 && protocol === 'tcp' ? await whoHolds(port, host) : undefined;
    if (taken === undefined) continue;
    const text = `the service "${service}" of ${file} publishes port ${port}, which is in use${taken}`;
    findings.push(problem(subject, text, `docker ps --filter publish=${port}`));
  }
  return findings;
}
