/**
 * Whose a store is. Brine empties and resets its `own` ones as a whole; of a `foreign` one it takes back only what was
 * written through its client, and leaves the rest as it is.
 */
export type Ownership = 'own' | 'foreign';
