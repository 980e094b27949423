/** ConfigResource types of the protocol. */
export const resourceType = { topic: 2, broker: 4 } as const;

/** Where the value of a setting comes from (DescribeConfigsResponse.ConfigSource). */
export const configSource = { topic: 1, broker: 2, cluster: 3, staticBroker: 4, byDefault: 5 } as const;
