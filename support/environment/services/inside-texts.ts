import { fillEnvironment, fillTemplate, type TemplateValues } from '../template';
import type { ContainerSite } from './container-site';
import type { ServiceOptions } from './service-under-test';

/** A service's command and variables with what a container can reach. */
export interface InsideTexts {
  readonly command: string | undefined;
  readonly env: Record<string, string>;
}

/** The texts of a service that runs in a container, with addresses as they are there. */
export async function insideTexts(
  { name, configuration }: ServiceOptions,
  own: { readonly url: string; readonly port: number },
  site: ContainerSite,
  outer: TemplateValues,
): Promise<InsideTexts> {
  const { command, env } = configuration;
  const texts = [...Object.values(env), ...(command === undefined ? [] : [command])];
  const reachable = await site.reachable(outer, texts, name);
  const values = new Map([...reachable, ['self.url', own.url], ['self.port', String(own.port)]]);
  return {
    command: command === undefined ? undefined : fillTemplate(command, values, `services.${name}.command`),
    env: fillEnvironment(env, values, `services.${name}`),
  };
}
