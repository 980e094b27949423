import type { RawClient } from '../kafka-broker/raw-client';
import type { Target } from './target';

/** Something that both brokers do. The body asserts, through a connection of its own. */
export interface Check {
  readonly name: string;
  readonly body: (target: Target, client: RawClient) => Promise<void>;
}

/** Collects checks: one list for each family of requests. */
export class Checks {
  readonly all: Check[] = [];

  readonly add = (name: string, body: Check['body']): void => {
    this.all.push({ name, body });
  };
}
