import type { RegisteredApi } from '../handlers/registered-api';
import { fetchApi } from '../wire/messages/fetch';
import { apiOf, checkRule, type Known } from './check-rule';
import type { Fault, FaultEffect, FaultRule } from './fault-rule';
import { factsOf, type RequestFacts } from './request-facts';

/** A request, as the dispatcher has it before the work is done. */
export interface Arrived {
  readonly api: RegisteredApi;
  readonly request: unknown;
  readonly nodeId: number;
  readonly clientId: string;
}

/** What happens to a request, and the rule that says so. */
export interface Injected {
  readonly rule: FaultRule;
  readonly effect: FaultEffect;
}

/** The rules in force: what goes wrong, and for whom. The first rule that fits a request, and is due, decides. */
export class Faults {
  readonly #known: Known;
  readonly #random: () => number;
  readonly #rules = new Set<RuleInForce>();

  /** @param random from 0 (included) to 1 (not included) */
  constructor(known: Known, random: () => number) {
    this.#known = known;
    this.#random = random;
  }

  /** @throws for an unknown key, API, error or broker, and for what cannot be: the message names key and value */
  add(rule: FaultRule): Fault {
    checkRule(rule, this.#known);
    const api = rule.api === undefined ? undefined : apiOf(rule.api, this.#known.apis);
    const added = new RuleInForce(rule, api?.key, () => this.#rules.delete(added));
    this.#rules.add(added);
    return added;
  }

  /** Removes all rules. */
  clear(): void {
    this.#rules.clear();
  }

  /** The rules that have not been removed, the oldest first. */
  all(): Fault[] {
    return [...this.#rules];
  }

  /** Whether a rule may look into fetches. */
  get areForFetches(): boolean {
    return (
      this.#rules.size > 0 &&
      [...this.#rules].some(({ apiKey }) => apiKey === undefined || apiKey === fetchApi.key)
    );
  }

  /** What happens to the request, which counts as a hit; undefined: nothing does. */
  take(arrived: Arrived): Injected | undefined {
    if (this.#rules.size === 0) return undefined;
    const facts = factsOf(arrived.request);
    for (const inForce of this.#rules) {
      if (inForce.fits(arrived, facts) && inForce.hit(this.#random)) {
        return { rule: inForce.rule, effect: inForce.rule.effect };
      }
    }
    return undefined;
  }
}

class RuleInForce implements Fault {
  readonly rule: FaultRule;
  readonly remove: () => void;
  readonly apiKey: number | undefined;
  #seen = 0;
  #hits = 0;

  constructor(rule: FaultRule, apiKey: number | undefined, remove: () => void) {
    this.rule = { ...rule };
    this.apiKey = apiKey;
    this.remove = remove;
  }

  get hits(): number {
    return this.#hits;
  }

  fits({ api, nodeId, clientId }: Arrived, facts: RequestFacts): boolean {
    const { rule } = this;
    return (
      (this.apiKey === undefined || this.apiKey === api.key) &&
      (rule.node === undefined || rule.node === nodeId) &&
      (rule.clientId === undefined || rule.clientId === clientId) &&
      (rule.group === undefined || facts.groups.includes(rule.group)) &&
      (rule.member === undefined || facts.members.includes(rule.member)) &&
      (rule.transactionalId === undefined || facts.transactionalIds.includes(rule.transactionalId)) &&
      (rule.topic === undefined || isAbout(facts, rule.topic, rule.partition))
    );
  }

  /** Counts the request. @returns whether it is hit */
  hit(random: () => number): boolean {
    const { nth = 1, times = Number.POSITIVE_INFINITY, chance = 1 } = this.rule;
    this.#seen += 1;
    if (this.#seen < nth || this.#hits >= times) return false;
    if (chance < 1 && random() >= chance) return false;
    this.#hits += 1;
    return true;
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}

function isAbout({ topics }: RequestFacts, topic: string, partition: number | undefined): boolean {
  if (topics === null) return true;
  return topics.some(({ name, partitions }) => {
    return name === topic && (partition === undefined || partitions.includes(partition));
  });
}
