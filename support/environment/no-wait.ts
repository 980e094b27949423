import type { WaitStrategy } from 'testcontainers';

/** Readiness is found out by a real client, not by testcontainers. */
export const waitForNothing: WaitStrategy = {
  waitUntilReady: async () => {},
  withStartupTimeout: () => waitForNothing,
  isStartupTimeoutSet: () => true,
  getStartupTimeout: () => 0,
};
