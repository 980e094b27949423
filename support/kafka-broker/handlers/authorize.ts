import { ErrorCode } from '../error-code';
import { errorAnswer, errorEverywhere, refuse } from '../wire/error-answer';
import type { AnswerLayout } from '../wire/error-place';
import type { Item, Values } from '../wire/item-identity';
import { isUnknownId } from '../wire/topic-names';
import type { Operation } from './access';
import type { RequestContext } from './request-context';

type Named = { readonly resource: 'topic' | 'group' | 'transactionalId'; readonly operation: Operation };

/** Something that must be allowed for a request, or for each item of it, to be served. */
type Rule =
  | { readonly kind: 'cluster'; readonly operation: Operation; readonly isToldTwice?: boolean }
  /** The whole request, by the resource that this field names. Null names none. */
  | (Named & { readonly kind: 'whole'; readonly field: string })
  | (Named & { readonly kind: 'items' });

const errors = {
  topic: ErrorCode.topicAuthorizationFailed,
  group: ErrorCode.groupAuthorizationFailed,
  cluster: ErrorCode.clusterAuthorizationFailed,
  transactionalId: ErrorCode.transactionalIdAuthorizationFailed,
} as const;

const topics = (operation: Operation): Rule => ({ kind: 'items', resource: 'topic', operation });
const groups = (operation: Operation): Rule => ({ kind: 'items', resource: 'group', operation });
const group = (operation: Operation): Rule => ({
  kind: 'whole',
  resource: 'group',
  operation,
  field: 'groupId',
});
const transaction = (operation: Operation): Rule => ({
  kind: 'whole',
  resource: 'transactionalId',
  operation,
  field: 'transactionalId',
});
const cluster = (operation: Operation): Rule => ({ kind: 'cluster', operation });
/** The error stands at the top of the answer and with each item, too. */
const clusterToldTwice = (operation: Operation): Rule =>
  ({ ...cluster(operation), isToldTwice: true }) as Rule;

/**
 * What each API needs, as KafkaApis and ControllerApis of Kafka 4 check it. Those not listed check by themselves,
 * because it depends on what is asked for (Produce, Metadata, FindCoordinator, CreateTopics, ListGroups, configs, ...), or
 * need nothing.
 */
const rules: Readonly<Record<string, readonly Rule[]>> = {
  Fetch: [topics('read')],
  ListOffsets: [topics('describe')],
  OffsetCommit: [group('read'), topics('read')],
  JoinGroup: [group('read')],
  SyncGroup: [group('read')],
  Heartbeat: [group('read')],
  LeaveGroup: [group('read')],
  DescribeGroups: [groups('describe')],
  DeleteGroups: [groups('delete')],
  DeleteRecords: [topics('delete')],
  OffsetForLeaderEpoch: [topics('describe')],
  AddOffsetsToTxn: [transaction('write'), group('read')],
  EndTxn: [transaction('write')],
  TxnOffsetCommit: [transaction('write'), group('read'), topics('read')],
  DescribeAcls: [cluster('describe')],
  CreateAcls: [cluster('alter')],
  DeleteAcls: [cluster('alter')],
  DescribeLogDirs: [cluster('describe')],
  CreatePartitions: [topics('alter')],
  ElectLeaders: [clusterToldTwice('alter')],
  AlterPartitionReassignments: [clusterToldTwice('alter')],
  ListPartitionReassignments: [cluster('describe')],
  OffsetDelete: [group('delete'), topics('read')],
  DescribeUserScramCredentials: [clusterToldTwice('describe')],
  DescribeProducers: [topics('read')],
};

interface Guarded {
  readonly name: string;
  readonly layout: AnswerLayout;
}

type Serve = (request: unknown, context: RequestContext) => unknown;

/** Serves what is allowed of a request; the rest of the answer says what is not. Without ACLs, just serves it. */
export function authorized(api: Guarded, serve: Serve): Serve {
  const needed = rules[api.name];
  if (!needed) return serve;
  return needed.reduceRight<Serve>((next, rule) => guardedBy(rule, api, next), serve);
}

function guardedBy(rule: Rule, { layout }: Guarded, next: Serve): Serve {
  return (request, context) => {
    if (context.broker.acls === undefined) return next(request, context);
    const { access, version } = context;
    if (rule.kind === 'items') {
      const concerns = ({ name }: Item) =>
        name !== undefined && !isUnknownId(name) && !access.may(rule.operation, rule.resource, name);
      return servePartly(rule, { layout, concerns }, request, context, next);
    }
    const error = errors[rule.kind === 'cluster' ? 'cluster' : rule.resource];
    if (isAllowed(rule, request as Values, context)) return next(request, context);
    const isToldTwice = rule.kind === 'cluster' && rule.isToldTwice === true;
    return (isToldTwice ? errorEverywhere : errorAnswer)(layout, version, error, request);
  };
}

function isAllowed(
  rule: Exclude<Rule, { kind: 'items' }>,
  request: Values,
  { access }: RequestContext,
): boolean {
  if (rule.kind === 'cluster') return access.may(rule.operation, 'cluster');
  const name = request[rule.field];
  return typeof name !== 'string' || access.may(rule.operation, rule.resource, name);
}

async function servePartly(
  rule: Named,
  { layout, concerns }: { readonly layout: AnswerLayout; readonly concerns: (item: Item) => boolean },
  request: unknown,
  context: RequestContext,
  next: Serve,
): Promise<unknown> {
  const refusal = { layout, version: context.version, errorCode: errors[rule.resource], concerns };
  const { rest, answer } = refuse(refusal, request);
  const response = rest === null ? null : await next(rest, context);
  return rest !== null && response === null ? null : answer(response);
}
