/** The label of every container and network of a run; its value is the run's identifier. */
export const runLabel = 'brine.run';
/** The label that tells which backing service, or service under test, a container is. */
export const serviceLabel = 'brine.service';
/** The label of a container that stays from run to run; its value is the hash of its settings. */
export const reuseLabel = 'brine.reuse';
