import type { SecuredTarget } from './secured-target';

/** Something that both brokers do when they authenticate their clients, or decide what they may do. */
export interface SecuredCheck {
  readonly name: string;
  readonly body: (target: SecuredTarget) => Promise<void>;
}

/** Collects checks: one list for each family. */
export class SecuredChecks {
  readonly all: SecuredCheck[] = [];

  readonly add = (name: string, body: SecuredCheck['body']): void => {
    this.all.push({ name, body });
  };
}
