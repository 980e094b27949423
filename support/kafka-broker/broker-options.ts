import type { Clock } from './state/clock';
import type { Mechanism } from './state/credentials';

export interface KafkaBrokerOptions {
  /** Where to listen, and what clients are told to connect to. Default 127.0.0.1. */
  host?: string;
  /** 0, the default: any free port. With several brokers, the first one's; the others take the ports after it. */
  port?: number;
  /** How many brokers the cluster has, each with its own port. Default 1. */
  brokers?: number;
  /** Whether asking for a topic's metadata creates it. Default true. */
  autoCreateTopics?: boolean;
  /** Partitions of a topic when nobody says how many. Default 1. */
  defaultPartitions?: number;
  /** No fetch waits longer for records, whatever the client asks for. Default 100. */
  maxFetchWaitMs?: number;
  /** How long an empty group waits for more members before its first generation. Default 0; Kafka's is 3000. */
  initialRebalanceDelayMs?: number;
  /** Answer waiting fetches of members with error 6 as a rebalance starts, so that kafkajs joins at once. Default true. */
  fastRebalance?: boolean;
  /**
   * The most bytes of records that are kept, in all topics together. Beyond it the oldest records of the biggest topics
   * are let go, and the log says so. Default 512 MB.
   */
  maxBytes?: number;
  /** How often old records are let go by age, and keyed topics compacted. Default 300,000 ms, which is Kafka's. */
  retentionCheckIntervalMs?: number;
  /**
   * Check what clients may do: nothing that no ACL allows. ACLs are made by clients (`createAcls`). Default false:
   * everybody may do everything.
   */
  acls?: boolean;
  /** Who may do everything whatever the ACLs say: names of users. A client that does not authenticate is "ANONYMOUS". */
  superUsers?: readonly string[];
  /** Clients must authenticate. Default: nobody has to. */
  sasl?: SaslOptions;
  /** Clients must use TLS. Default: plain text. */
  tls?: TlsOptions;
  /** Time and timers. Default: those of the system, with `now`. */
  clock?: Clock;
  /** Milliseconds since the epoch. Default Date.now. */
  now?: () => number;
  /** From 0 (included) to 1 (not included). Default Math.random. */
  random?: () => number;
  /** Is told what went wrong, one line each. Default: nobody is. */
  log?: (line: string) => void;
}

export interface SaslOptions {
  /** Names and passwords, for every mechanism. Others can be added by clients, for SCRAM. */
  readonly users?: Readonly<Record<string, string>>;
  /** Default: all. */
  readonly mechanisms?: readonly Mechanism[];
  /** After so long a client has to authenticate again (connections.max.reauth.ms of Kafka). Default 0: never. */
  readonly sessionLifetimeMs?: number;
}

export interface TlsOptions {
  /** PEM. */
  readonly key: string | Buffer;
  /** PEM, followed by those of the authorities between it and the root, if any. */
  readonly cert: string | Buffer;
  /** Who signs the certificates of clients, PEM. */
  readonly ca?: string | Buffer;
  /**
   * Default "none". A client with a certificate that `ca` signed is "User:" and its distinguished name, unless it
   * authenticates by SASL.
   */
  readonly clientCertificates?: 'none' | 'requested' | 'required';
}

export interface NewTopicOptions {
  /** Default: `defaultPartitions` of the broker. */
  readonly partitions?: number;
  /** On how many brokers each partition is. Default: on all, but on 3 at most. */
  readonly replicationFactor?: number;
  /** Settings of the topic, as Kafka names them: `{ 'cleanup.policy': 'compact' }` */
  readonly configs?: Readonly<Record<string, string>>;
}
