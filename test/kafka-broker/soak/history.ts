/** What happened, for a checker: which messages were acknowledged, and what consumers were given. */
export interface History {
  /** Key and number of each message whose send has succeeded. */
  readonly acknowledged: ReadonlyArray<Numbered>;
  /** Of the topic written to, as it is stored; by partition and offset. */
  readonly stored: readonly Numbered[];
  /** What members of a group were given, in the order of time. */
  readonly delivered: readonly Numbered[];
  /** What a transactional copy has committed, as it is stored. */
  readonly copied: readonly Numbered[];
}

/** The messages of a key are numbered from 0 on, in the order in which they are sent. */
export interface Numbered {
  readonly key: string;
  readonly number: number;
}

/** Everything that the history proves to be wrong, in words; nothing when all is well. */
export function faultsIn({ acknowledged, stored, delivered, copied }: History): string[] {
  return [
    ...lost('stored', acknowledged, stored),
    ...lost('delivered', acknowledged, delivered),
    ...lost('copied', stored, copied),
    ...notOnceInOrder('stored', stored),
    ...notOnceInOrder('copied', copied),
    ...notOnceInOrder('first delivered', firstOfEach(delivered)),
  ];
}

const nameOf = ({ key, number }: Numbered) => `${key}/${number}`;

function lost(what: string, sent: readonly Numbered[], found: readonly Numbered[]): string[] {
  const names = new Set(found.map(nameOf));
  return sent.filter((each) => !names.has(nameOf(each))).map((each) => `${nameOf(each)} was not ${what}`);
}

/** An idempotent producer and a transactional copy write each message once, and those of a key in order. */
function notOnceInOrder(what: string, found: readonly Numbered[]): string[] {
  const last = new Map<string, number>();
  return found.flatMap((each) => {
    const before = last.get(each.key) ?? -1;
    last.set(each.key, Math.max(before, each.number));
    return each.number > before ? [] : [`${nameOf(each)} was ${what} after ${each.key}/${before}`];
  });
}

/** A group may be given a message again after a rebalance; the first time counts. */
function firstOfEach(delivered: readonly Numbered[]): Numbered[] {
  return [...new Map(delivered.map((each) => [nameOf(each), each])).values()];
}
