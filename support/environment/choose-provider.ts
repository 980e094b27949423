import { BrineError } from '../errors';
import type { BackingServiceName, Provider, ProviderName } from './provider';
import { missingImage, type Refusal, remedyFor } from './remedy';

/** A provider and the reason why it was taken, as users read it. */
export interface Choice<Facts> {
  readonly provider: Provider<Facts>;
  readonly because: string;
}

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
  const refused: Refusal[] = [];
  for (const provider of considered) {
    const answer = await provider.check();
    if (answer.available) {
      return { provider, because: [answer.reason, ...refused.map(inWords)].join('; ') };
    }
    refused.push({ ...answer, provider: provider.name });
    if (answer.misconfigured) break;
  }
  throw new BrineError('BRINE_ENV_001', {
    service,
    attempts: attempts(wanted, refused)
      .map((line) => `    ${line}`)
      .join('\n'),
    advice: adviceFor(service, wanted, refused),
  });
}

function inWords({ provider, reason }: Refusal): string {
  return `no ${provider}: ${reason}`;
}

function attempts(wanted: 'auto' | ProviderName, refused: readonly Refusal[]): string[] {
  return refused.length === 0 ? [`${wanted}: it is not configured`] : refused.map(inWords);
}

const another = 'or take another provider (BRINE_PROVIDER=auto takes what there is)';

/** The command that the doctor suggests, and what else there is to be done. */
function adviceFor(
  service: BackingServiceName,
  wanted: 'auto' | ProviderName,
  refused: readonly Refusal[],
): string {
  const answered = refused.some(({ command }) => command !== undefined);
  if (wanted === 'external' && !answered) {
    return `${addresses[service]} must name what runs and answers; ${another}`;
  }
  const command = remedyFor(service, wanted, refused);
  if (command === 'npm ci') return `run \`npm ci\`${purpose[service]}, or start Docker`;
  const noImage = refused.some(({ reason }) => missingImage(reason) !== undefined);
  const image = noImage ? `name an image that is there (BRINE_${service.toUpperCase()}_IMAGE), ` : '';
  const rest =
    wanted === 'auto' ? `or name another provider (BRINE_${service.toUpperCase()}_PROVIDER)` : another;
  return `\`${command}\`, ${image}${rest}`;
}

const purpose: Readonly<Record<BackingServiceName, string>> = {
  postgres: ' so that the embedded PostgreSQL is installed',
  redis: '',
  kafka: '',
};

const addresses: Readonly<Record<BackingServiceName, string>> = {
  postgres: 'DATABASE_URL (or postgres.url)',
  redis: 'REDIS_URL (or redis.url)',
  kafka: 'KAFKA_BROKERS (or kafka.brokers)',
};
