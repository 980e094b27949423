import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import {
  type DatabaseConfiguration,
  environmentName,
  type ResolvedConfiguration,
  type ServiceConfiguration,
} from '../../config';
import { messageOf, nearest } from '../../errors';
import { formatDuration } from '../../time';
import { assertComposed } from '../compose/composed-services';
import type { DockerEngine } from '../docker';
import { serverVersion, withConnection, withoutPassword } from '../postgres/connection';
import { serviceModuleFile } from '../services/in-process/service-module';
import { examineComposeImage } from './compose';
import { type Finding, good, problem } from './finding';
import { examinePorts } from './ports';

const commandLimitMs = 5_000;
const answerLimitMs = 3_000;

/** What the services and stubs of a configuration are examined with. */
export interface Site {
  readonly configuration: ResolvedConfiguration;
  readonly projectDirectory: string;
  readonly docker: DockerEngine;
  readonly lanes: number;
}

/** Each service under test, each migration, each fixed port. */
export async function examineServices(site: Site): Promise<Finding[]> {
  const { services, databases, stubs } = site.configuration;
  const findings = await Promise.all([
    ...Object.entries(databases).map(([name, database]) => examineDatabase(name, database, site)),
    ...Object.entries(services).map(([name, service]) => examineService(name, service, site)),
    examineRegistry(site.configuration),
    ...Object.entries(stubs).map(([name, { port }]) =>
      examinePorts(name, { key: ['stubs', name, 'port'], first: port, lanes: site.lanes }),
    ),
  ]);
  return findings.flat();
}

async function examineDatabase(
  name: string,
  database: DatabaseConfiguration,
  site: Site,
): Promise<Finding[]> {
  const { migrate, url } = database;
  if (url !== undefined) return [await examineDatabaseUrl(name, url)];
  return migrate === undefined ? [] : examineCommand(name, ['databases', name, 'migrate'], migrate, site);
}

async function examineDatabaseUrl(name: string, url: string): Promise<Finding> {
  const where = `database ${withoutPassword(url)}`;
  try {
    return good(
      name,
      `${where} answers: ${await withConnection(url, 'doctor', serverVersion, answerLimitMs)}`,
    );
  } catch (error) {
    const command = `${environmentName(['databases', name, 'url'])}=postgresql://... npx brine doctor`;
    return problem(name, `${where} cannot be used: ${messageOf(error)}`, command);
  }
}

async function examineService(name: string, service: ServiceConfiguration, site: Site): Promise<Finding[]> {
  if (service.url !== undefined) return [await examineUrl(name, `${service.url}${service.health}`)];
  const ports = { key: ['services', name, 'port'], first: service.port, lanes: site.lanes };
  return [...(await examineStart(name, service, site)), ...(await examinePorts(name, ports))];
}

async function examineStart(name: string, service: ServiceConfiguration, site: Site): Promise<Finding[]> {
  const { image, compose, module, command = '' } = service;
  if (module !== undefined) return [examineModule(name, module, service.export, site)];
  if (image !== undefined) return [await examineImage(name, image, site.docker)];
  if (compose !== undefined) return examineComposed(name, compose, site);
  return examineCommand(name, ['services', name], { ...service, command }, site);
}

function examineModule(service: string, module: string, name: string, { projectDirectory }: Site): Finding {
  try {
    serviceModuleFile({ service, module, export: name, projectDirectory });
    return good(service, `${name}() of ${module}, in the process of the run`);
  } catch (error) {
    const path = resolve(projectDirectory, module);
    return problem(
      service,
      messageOf(error),
      nearestRemedy(['services', service, 'module'], path, projectDirectory),
    );
  }
}

async function examineComposed(name: string, compose: string, site: Site): Promise<Finding[]> {
  const { file } = site.configuration.compose;
  try {
    await assertComposed(new Map([[name, compose]]), file, site.projectDirectory);
    const problems = await examineComposeImage(name, compose, { file, ...site });
    return problems.length > 0 ? problems : [good(name, `service "${compose}" of ${file}`)];
  } catch (error) {
    return [problem(name, messageOf(error), `docker compose --file ${file} config`)];
  }
}

/** A schema registry that runs already; its name and password stay out of what is said. */
async function examineRegistry({ kafka }: ResolvedConfiguration): Promise<Finding[]> {
  const { schemaRegistry = 'embedded' } = kafka;
  if (schemaRegistry === 'embedded') return [];
  const { username, password, origin, pathname } = new URL(schemaRegistry);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  const url = `${origin}${pathname.replace(/\/$/, '')}/subjects`;
  return [await examineUrl('schema registry', url, username === '' ? {} : headers)];
}

async function examineUrl(
  name: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Finding> {
  try {
    const { status, ok } = await fetch(url, { headers, signal: AbortSignal.timeout(answerLimitMs) });
    if (ok) return good(name, `answers ${status} at ${url}`);
    return problem(name, `answers ${status} at ${url}`, `curl -i ${url}`);
  } catch (error) {
    const late = `no answer within ${formatDuration(answerLimitMs)}`;
    const why = error instanceof Error && error.name === 'TimeoutError' ? late : messageOf(causeOf(error));
    return problem(name, `does not answer at ${url}: ${why}`, `curl -i ${url}`);
  }
}

/** What fetch says itself is "fetch failed". */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}

async function examineImage(name: string, image: string, docker: DockerEngine): Promise<Finding> {
  const { available, reason } = await docker.image(image);
  return available ? good(name, reason) : problem(name, reason, `docker pull ${docker.nameOf(image)}`);
}

async function examineCommand(
  name: string,
  key: readonly string[],
  { command, cwd }: { readonly command: string; readonly cwd: string },
  { projectDirectory }: Site,
): Promise<Finding[]> {
  const what = key.at(-1) === 'migrate' ? `${name} (migration)` : name;
  const folder = resolve(projectDirectory, cwd);
  if (!isFolder(folder)) {
    const setting = [...key, 'cwd'];
    const text = `the folder ${cwd} (${setting.join('.')}) does not exist`;
    return [problem(what, text, nearestRemedy(setting, folder, projectDirectory))];
  }
  const place = cwd === '.' ? '' : `  (in ${cwd})`;
  const program = programOf(command);
  if (program === undefined || (await canRun(program, folder))) return [good(what, `${command}${place}`)];
  return [problem(what, `the program ${program} is not there: ${command}${place}`, 'npm ci')];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What is beside it and has the nearest name; else what there is. */
function nearestRemedy(key: readonly string[], missing: string, project: string): string {
  const parent = dirname(missing);
  if (!isFolder(parent)) return `ls ${relative(process.cwd(), project) || '.'}`;
  const [best] = nearest(relative(parent, missing), readdirSync(parent));
  if (best === undefined) return `ls ${parent}`;
  return `${environmentName(key)}=${relative(project, resolve(parent, best))} npx cucumber-js`;
}

/** The first word of a command line; undefined when it is more than a word to the shell, or a template. */
function programOf(command: string): string | undefined {
  const [word = ''] = command
    .trim()
    .replace(/^(\w+=\S*\s+)+/, '')
    .split(/\s+/);
  return /^[\w@%+=:,./-]+$/.test(word) ? word : undefined;
}

function canRun(program: string, folder: string): Promise<boolean> {
  if (process.platform === 'win32') return Promise.resolve(true);
  return new Promise((done) => {
    const options = { cwd: folder, timeout: commandLimitMs };
    execFile('/bin/sh', ['-c', 'command -v -- "$1"', 'sh', program], options, (error) =>
      done(error === null),
    );
  });
}
