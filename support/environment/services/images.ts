import type { ResolvedConfiguration } from '../../config';
import { allSettled, BrineError } from '../../errors';
import type { DockerEngine } from '../docker';
import type { NotStarted } from '../needs';

/** The services that a run starts from images, each with its image. */
export function servicesFromImages(
  { services }: ResolvedConfiguration,
  notStarted: NotStarted,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, { image, url }] of Object.entries(services)) {
    if (image !== undefined && url === undefined && !(name in notStarted.services)) found.set(name, image);
  }
  return found;
}

/**
 * Makes sure, before anything is started, that the engine has or pulls the images.
 * @throws BrineError BRINE_ENV_002 naming the service, its image and the reason
 */
export async function assertImages(images: ReadonlyMap<string, string>, engine: DockerEngine): Promise<void> {
  await allSettled(Array.from(images, ([service, image]) => assertImage(service, image, engine)));
}

async function assertImage(service: string, image: string, engine: DockerEngine): Promise<void> {
  const { available, reason } = await engine.image(image);
  if (available) return;
  throw new BrineError('BRINE_ENV_002', {
    owner: `service "${service}" (container of ${image})`,
    reason,
    log: '',
    advice: `try \`docker pull ${engine.nameOf(image)}\`, or run it by services.${service}.command`,
  });
}
