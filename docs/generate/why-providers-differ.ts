/** Why a row of the tables in environments.md is not the same everywhere; `*` stands for what comes before ", versions". */
export const reasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  postgres: {
    version: 'the image, the package, the server',
    collation: 'where Brine makes the cluster it takes the builtin C.UTF-8, which there is from 17 on',
    'connections at most': "Brine sets 200 where it starts the server; 100 is PostgreSQL's default",
    fsync: 'nothing that Brine starts need survive a crash',
    synchronous_commit: 'as fsync',
    full_page_writes: 'as fsync',
    wal_level: 'Brine sets it for the embedded one only',
    jit: 'Brine turns it off in the embedded one: it costs more than it gives where queries are small',
    'logical decoding': 'needs `wal_level=logical`, which no provider sets; versions word it differently',
  },
  redis: {
    version: 'the image, the package, the server',
    'says that it is': 'js-redis-server says which Redis it imitates',
    'a lane has': 'a server in the process costs nothing; others are shared',
    'logical databases': 'Brine gives its container more, for many lanes and for runs that share it',
    'emptied between scenarios': "a server that is not Brine's is emptied only where that is allowed",
    'commands that are missing':
      'js-redis-server has not got all; `JSON.GET` is a module, `HEXPIRE` came with 7.4',
    'save and appendonly, as configured':
      'nothing in the container need survive; the others have the defaults',
  },
  kafka: {
    version: 'the image, the package, the server',
    'kinds of requests': "Brine's broker leaves out what clients do not send, replication above all",
    '*': "Brine's broker speaks what clients need; Kafka 4 has dropped the oldest versions",
    'ACLs can be described': 'without an authorizer Kafka refuses by its own error',
    'LogAppendTime sets its own': "Brine's broker keeps the producer's timestamp",
    "a lane's topics are": 'a broker in the process costs nothing; a real cluster is shared, by prefixes',
  },
};

/** '' where nobody has said why. */
export function reasonOf(service: string, row: string): string {
  const known = reasons[service] ?? {};
  return known[row] ?? (row.endsWith(', versions') ? (known['*'] ?? '') : '');
}
