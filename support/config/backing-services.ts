/** The backing services that Brine can provide, by their keys in the configuration. */
export const backingServiceNames = ['postgres', 'redis', 'kafka'] as const;

export type BackingServiceName = (typeof backingServiceNames)[number];
