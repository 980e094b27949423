import type { BackingServiceName, ResolvedConfiguration } from '../config';
import { BrineError, messageOf } from '../errors';
import { eventually } from '../time';
import { answers, type BackingFactsByName, backingContainer, backingTitles } from './backing-container';
import { DockerEngine } from './docker';
import { type ServerEnd, ServerEnds } from './server-ends';

/** What is watched. */
export interface WatchedRun extends BackingFactsByName {
  readonly directory: string;
  readonly configuration: Pick<ResolvedConfiguration, BackingServiceName>;
}

/** What the end of a process is noticed later than that of its connections. */
const noticeMs = 250;
/** A server that is started again says so, or that it cannot be, before. */
const verdictLimitMs = 70_000;
const logLines = 20;

const names = ['postgres', 'redis', 'kafka'] as const;

/**
 * How the backing servers of a run fare, as a lane sees it. One that ends fails the scenario in which it does; then it is
 * started again, once, where that loses nothing; else what needs it fails at once from then on.
 */
export class BackingWatch implements AsyncDisposable {
  private readonly ends: ServerEnds;
  private readonly decisions: Promise<void>[] = [];
  private begun = 0;

  constructor(
    private run: WatchedRun,
    private readonly lane: number,
    private readonly engine = new DockerEngine(),
  ) {
    this.ends = new ServerEnds(run.directory);
  }

  /** A server of the lane's own, which the facts of the run do not have. */
  watchOwnCache(url: string): void {
    const { redis } = this.run;
    if (redis !== undefined) this.run = { ...this.run, redis: { ...redis, url } };
  }

  /** Those that concern this lane. */
  private all(): readonly ServerEnd[] {
    if (!this.canAnyEnd) return [];
    return this.ends.all().filter(({ lane = this.lane }) => lane === this.lane);
  }

  /** What runs in this process ends with it: where there is nothing else, nobody need look. */
  private get canAnyEnd(): boolean {
    return names.some((name) => this.addressOf(name) !== undefined);
  }

  /** A scenario begins: what ended before belongs to another. */
  begin(): void {
    this.begun = this.all().length;
  }

  /**
   * The error that names the first server that has ended since the scenario began. Cheap while none has.
   * @param cause what else has been noticed of it
   */
  death(cause?: unknown): BrineError | undefined {
    const end = this.all()
      .slice(this.begun)
      .find(({ now }) => now === 'ended');
    if (end === undefined) return undefined;
    const { owner, how, log, advice } = end;
    return new BrineError('BRINE_ENV_011', { owner, how, log, advice }, { cause });
  }

  /** Whether any server has ever ended: one look, for that is rare. */
  private get anyHasEnded(): boolean {
    return this.all().length > 0;
  }

  /** Whether a server has ended for good. */
  isGone(service: BackingServiceName): boolean {
    return this.last(service)?.now === 'gone';
  }

  /** Whether any has. */
  get anyIsGone(): boolean {
    return this.anyHasEnded && names.some((name) => this.isGone(name));
  }

  /** Something went wrong that an ended server would explain: asks each of them, and tells what does not answer. */
  async look(): Promise<void> {
    await Promise.all(names.filter((name) => this.isWatched(name)).map((name) => this.lookAt(name)));
  }

  /**
   * Waits until a server that has ended serves again.
   * @throws BrineError BRINE_ENV_012 when it does not
   */
  async assertServes(service: BackingServiceName): Promise<void> {
    if (this.last(service) === undefined) return;
    await this.decided(service);
    if (this.isGone(service)) await this.askOnceMore(service);
    const end = this.last(service);
    if (end?.now !== 'gone') return;
    const { owner, how, advice } = end;
    throw new BrineError('BRINE_ENV_012', { owner, how, advice });
  }

  /** Waits until it is known whether each server that has ended serves again. */
  async allDecided(): Promise<void> {
    if (!this.anyHasEnded) return;
    await Promise.all(names.map((name) => this.decided(name)));
  }

  private async decided(service: BackingServiceName): Promise<void> {
    const decision = async () => {
      if (this.last(service)?.now === 'ended') throw new Error('nothing is decided yet');
    };
    await eventually(decision, { withinMs: verdictLimitMs });
  }

  private last(service: BackingServiceName): ServerEnd | undefined {
    return this.all().findLast((end) => end.service === service);
  }

  /** Absent also for a server in this process. */
  private addressOf(service: BackingServiceName): string | readonly string[] | undefined {
    const { postgres, redis, kafka } = this.run;
    return { postgres: postgres?.url, redis: redis?.url, kafka: kafka?.brokers }[service];
  }

  private isWatched(service: BackingServiceName): boolean {
    const now = this.last(service)?.now;
    return this.addressOf(service) !== undefined && now !== 'ended' && now !== 'gone';
  }

  private async lookAt(service: BackingServiceName): Promise<void> {
    const refusal = await this.refusal(service);
    if (refusal === undefined) return;
    // whoever started it notices its end, and starts it again
    if (this.run[service]?.provider === 'embedded') return this.noticed(service);
    const turn = this.all().filter((end) => end.service === service && end.now === 'back').length;
    if (!this.ends.claim(`end-${service}-${turn}`)) return this.noticed(service);
    await this.tell(service, refusal);
  }

  private async noticed(service: BackingServiceName): Promise<void> {
    const look = async () => {
      if (this.isWatched(service)) throw new Error('nobody has noticed');
    };
    await eventually(look, { withinMs: noticeMs }).catch(() => {});
  }

  private async refusal(service: BackingServiceName): Promise<string | undefined> {
    try {
      await answers(this.run, service);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  private async tell(service: BackingServiceName, refusal: string): Promise<void> {
    const end = await this.describe(service, refusal);
    this.ends.add({ ...end, now: 'ended' });
    this.decisions.push(this.decide(service, end).catch(() => {})); // a run that is ended has no folder any more
  }

  /** The failure is not to wait for it; the next scenario does. */
  private async decide(service: BackingServiceName, end: Omit<ServerEnd, 'now'>): Promise<void> {
    const refused = await this.startAgain(service);
    this.ends.add({ ...end, now: refused === undefined ? 'back' : 'gone', advice: refused ?? end.advice });
  }

  /** Waits for what is under way; each is bounded. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.decisions);
  }

  private async describe(service: BackingServiceName, refusal: string): Promise<Omit<ServerEnd, 'now'>> {
    const { provider = 'external', containerId: id } = this.run[service] ?? {};
    const title = backingTitles[service];
    const silent = { service, how: `does not answer: ${refusal}`, log: '' };
    if (id === undefined) {
      return { ...silent, owner: `${title} (${provider})`, advice: 'start it again, and see its log' };
    }
    const owner = `${title} (container ${id.slice(0, 12)})`;
    const found = await this.engine.inspect(id).catch(() => undefined);
    if (found === undefined) return { ...silent, owner, how: 'was removed', advice: 'see who removed it' };
    const log = await this.engine.logTail(id, logLines);
    const how = found.ended
      ? `ended with exit code ${found.exitCode}`
      : found.paused
        ? 'is paused'
        : silent.how;
    const end = log === '' ? '' : `\n  the end of its log:\n${log.replace(/^/gm, '    ')}`;
    return { service, owner, how, log: end, advice: advice(service, this.mayStartAgain(service)) };
  }

  /** Without losing what isolation rests on: a cache is emptied between scenarios anyway, other data must be kept. */
  private mayStartAgain(service: BackingServiceName): boolean {
    const facts = this.run[service];
    if (facts?.containerId === undefined || facts.outlivesRun) return false;
    return service === 'redis' || this.run.configuration[service].durable === true;
  }

  /** @returns why not; undefined when it serves again */
  private async startAgain(service: BackingServiceName): Promise<string | undefined> {
    const handle = backingContainer(this.run, service, this.engine);
    if (handle === undefined) return 'start it again, and run these scenarios once more';
    if (!this.mayStartAgain(service)) return `what it held in memory is lost; ${advice(service, false)}`;
    if (!this.ends.claim(`restart-${service}`))
      return 'it had been started again before, and is not once more';
    try {
      const found = await this.engine.inspect(handle.id);
      await (found?.paused ? handle.unpause() : handle.start());
      return undefined;
    } catch (error) {
      return `it could not be started again: ${messageOf(error)}`;
    }
  }

  /** Somebody else's server keeps its data, and may be back. */
  private async askOnceMore(service: BackingServiceName): Promise<void> {
    const end = this.last(service);
    if (end === undefined || this.run[service]?.provider !== 'external') return;
    if ((await this.refusal(service)) === undefined) this.ends.add({ ...end, now: 'back' });
  }
}

function advice(service: BackingServiceName, again: boolean): string {
  if (again) return 'see the end of its log; it is started once more for the scenarios that follow';
  return `see the end of its log; with ${service}.durable it could be started again in the middle of a run`;
}
