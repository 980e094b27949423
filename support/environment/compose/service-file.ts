import type { NetworkFacts } from '../network';

/** A compose file as `docker compose config --format json` gives it: everything in it resolved. */
export interface ResolvedComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes?: Readonly<Record<string, { readonly external?: boolean; readonly name?: string }>>;
  readonly secrets?: object;
  readonly configs?: object;
}

export interface ComposeService {
  readonly image?: string;
  readonly build?: object;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ports?: readonly PublishedPort[];
  /** By the names of the services. */
  readonly depends_on?: Readonly<Record<string, object>>;
  readonly [key: string]: unknown;
}

/** A port of a container, and where it is found on the engine's machine. */
export interface PublishedPort {
  readonly target: number;
  /** A number, or a range of them (`8000-8010`); absent where the engine chooses. */
  readonly published?: string;
  readonly host_ip?: string;
  readonly protocol?: string;
}

/** How a lane's own copy of a service differs from what the file says. */
export interface ServiceCopy {
  readonly service: string;
  /** Command line, run by the shell of the image; the file's own unless given. */
  readonly command: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** The container's own port, and where it is found outside the network. */
  readonly port: number;
  readonly outsidePort: number;
  /** Its name in the network. */
  readonly alias: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly network: Pick<NetworkFacts, 'name'>;
}

/** What would bind the copy to other services of the file, or keep two copies from running beside each other. */
const leftOut = [
  'container_name',
  'depends_on',
  'links',
  'network_mode',
  'networks',
  'ports',
  'profiles',
  'restart',
];

/** A compose file of that one service, for a project of its own; what it depends on is not in it. */
export function serviceFile(file: ResolvedComposeFile, copy: ServiceCopy): object {
  const original: ComposeService = file.services[copy.service] ?? {};
  const kept = Object.fromEntries(Object.entries(original).filter(([key]) => !leftOut.includes(key)));
  const { command } = copy;
  const service = {
    ...kept,
    ...imageOf(file, copy.service, original),
    ...(command === undefined ? {} : { entrypoint: ['sh', '-c'], command: [escaped(command)] }),
    environment: { ...original.environment, ...mapValues(copy.env, escaped) },
    labels: { ...original.labels, ...copy.labels },
    ports: [{ target: copy.port, published: String(copy.outsidePort), protocol: 'tcp' }],
    networks: { run: { aliases: [copy.alias] } },
  };
  return {
    services: { [copy.service]: service },
    networks: { run: { external: true, name: copy.network.name } },
    volumes: mapValues(file.volumes ?? {}, ownVolume),
    ...(file.secrets === undefined ? {} : { secrets: file.secrets }),
    ...(file.configs === undefined ? {} : { configs: file.configs }),
  };
}

/** One that is built has the name that compose would give it, so that the lanes do not build an image each. */
function imageOf({ name }: ResolvedComposeFile, service: string, { image, build }: ComposeService): object {
  return image === undefined && build !== undefined ? { image: `${name}-${service}` } : {};
}

/** Without the name it gets one that begins with that of the copy's project. */
function ownVolume<V extends { readonly external?: boolean; readonly name?: string }>(volume: V): object {
  if (volume.external) return volume;
  const { name: _name, ...rest } = volume;
  return rest;
}

/** A dollar is compose's own sign; what `config` gives has it doubled already. */
function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function mapValues<V, W>(values: Readonly<Record<string, V>>, change: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));
}
