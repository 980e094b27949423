import { BrineError } from '../support/errors';
import { type LoadPlan, type LoadResult, percentile, runLoad } from '../support/load/load';
import type { AcceptanceWorld, OutgoingRequest } from './acceptance-world';
import { fail } from './expectations';
import { hasStatus, statusInWords } from './http-responses';

const mostAtOnce = 1_000;

/** Puts load on a service and remembers what came of it. */
export async function putLoad(
  world: AcceptanceWorld,
  request: OutgoingRequest,
  service: string | undefined,
  plan: LoadPlan,
): Promise<void> {
  const { atOnce, amount = atOnce } = plan;
  if (atOnce < 1 || atOnce > mostAtOnce || amount < atOnce) {
    throw new BrineError('BRINE_STEP_002', {
      place: 'this step',
      reason: `${amount} requests cannot be sent ${atOnce} at once`,
      advice: `from 1 to ${mostAtOnce} can be under way at once, and no more than are sent`,
    });
  }
  const { url, tls } = world.service(service);
  const prepared = world.prepared(request, service);
  const cookie = await world.requests.cookies.header(`${url}${prepared.path}`);
  const headers = { ...prepared.headers, ...(cookie === undefined ? {} : { cookie }) };
  const result = await runLoad(url, { ...prepared, headers }, plan, tls);
  world.evidence.add('load', `${prepared.method} ${prepared.path}: ${describeLoad(result)}`);
  world.remembered.many = { kind: 'load', exchanges: [] };
  world.remembered.load = result;
}

/** What came of the last load. */
export function lastLoad({ remembered: { load } }: AcceptanceWorld): LoadResult {
  if (load !== undefined) return load;
  throw new BrineError('BRINE_STEP_002', {
    place: 'this step',
    reason: 'there was no load yet',
    advice: 'make some before: When I send GET "/..." 500 times, 10 at once',
  });
}

/** `500 requests in 1,234 ms (405 in a second): 500 x 200 (OK); 50 % within 3 ms, 95 % 8 ms, 99 % 12 ms, all 20 ms`. */
export function describeLoad(load: LoadResult): string {
  const { statuses, failed, times, elapsedMs } = load;
  const answers = [...statuses].map(([status, count]) => `${count} x ${statusInWords(status)}`);
  const kinds = [...answers, ...(failed > 0 ? [`${failed} without an answer`] : [])].join(', ');
  const at = (percent: number) => `${percentile(load, percent)} ms`;
  const spread =
    times.length === 0 ? '' : `; 50 % within ${at(50)}, 95 % ${at(95)}, 99 % ${at(99)}, all ${at(100)}`;
  return `${total(load)} requests in ${Math.round(elapsedMs)} ms (${Math.round(throughput(load))} in a second): ${kinds}${spread}`;
}

function total({ times, failed }: LoadResult): number {
  return times.length + failed;
}

function throughput({ times, elapsedMs }: LoadResult): number {
  return (times.length / elapsedMs) * 1000;
}

export function expectLoadStatus(load: LoadResult, status: string): void {
  const odd = [...load.statuses.keys()].filter((one) => !hasStatus({ status: one }, status));
  if (odd.length === 0 && load.failed === 0 && load.times.length > 0) return;
  fail(`not every answer to the load has status ${statusInWords(status)}\n  ${describeLoad(load)}`);
}

/** A failure is a request without an answer, or one that was answered 5xx. */
export function expectFewFailures(load: LoadResult, percent: number): void {
  const broken = [...load.statuses].filter(([status]) => status >= 500).map(([, count]) => count);
  const failures = broken.reduce((sum, count) => sum + count, load.failed);
  const share = total(load) === 0 ? 100 : (failures / total(load)) * 100;
  if (share <= percent) return;
  fail(`${share.toFixed(1)} % of the load failed, more than ${percent} %\n  ${describeLoad(load)}`);
}

export function expectPercentile(load: LoadResult, percent: number, most: number): void {
  const time = percentile(load, percent);
  if (time < most) return;
  fail(`${percent} % of the load took up to ${time} ms, not less than ${most} ms\n  ${describeLoad(load)}`);
}

export function expectThroughput(load: LoadResult, least: number): void {
  const rate = throughput(load);
  if (rate >= least) return;
  fail(`the load handled ${rate.toFixed(1)} requests per second, not ${least}\n  ${describeLoad(load)}`);
}
