import type {
  Envelope,
  GherkinDocument,
  Pickle,
  Source,
  TestRunFinished,
  TestRunStarted,
} from '@cucumber/messages';
import { BrineError } from '../support/errors';
import { compareTimes, lastTime, type ShardRun } from './cut-off';

/** What a run loaded before it began; every shard loads the same, under ids of its own. */
const definitionKinds = ['hook', 'stepDefinition', 'parameterType', 'undefinedParameterType'] as const;
type Definition = NonNullable<Envelope[(typeof definitionKinds)[number]]>;

/**
 * One valid stream of messages for all shards: one run, which starts with the first of them and finishes with the
 * last. Features, pickles and definitions that several shards announce are there once, because formatters look
 * features up by path, and would take the steps of one shard for those of another. Every other id is made unique by
 * the shard's number, as is the worker (`2.0` is worker 0 of the second shard, `2` its only one).
 * @throws Error naming both files when two are of the same run, or of different versions of a feature; or when no
 * run had begun
 */
export function mergeMessages(shards: readonly ShardRun[]): Envelope[] {
  const merger = new MessageMerger();
  for (const shard of shards) merger.add(shard);
  return merger.stream();
}

interface Run {
  readonly path: string;
  readonly started: TestRunStarted;
}

class MessageMerger {
  private readonly declared: Envelope[] = [];
  private readonly executed: Envelope[] = [];
  private readonly ends: TestRunFinished[] = [];
  private readonly sources = new Map<string, { readonly path: string; readonly data: string }>();
  private readonly known = new Map<string, unknown>();
  private readonly runs = new Map<string, Run>();
  private shards = 0;

  add(shard: ShardRun): void {
    const names = new ShardNames(++this.shards);
    const times = new Map<string, number>();
    for (const message of shard.messages) {
      if (message.testRunStarted) this.addStart(message.testRunStarted, shard, names);
      else if (message.testRunFinished) this.ends.push(message.testRunFinished);
      else if (!this.addDeclaration(message, shard.path, names, times))
        this.executed.push(names.inside(message));
    }
  }

  stream(): Envelope[] {
    const starts = [...this.runs.values()].map(({ started }) => started);
    const [first] = starts;
    if (first === undefined) throw unmergeable(this.ends.map(({ message }) => message).join('\n'));
    const earliest = starts.reduce((a, b) => (compareTimes(b.timestamp, a.timestamp) < 0 ? b : a));
    return [
      ...this.declared,
      { testRunStarted: { ...first, timestamp: earliest.timestamp } },
      ...this.executed,
      { testRunFinished: this.end(first) },
    ];
  }

  private end({ id }: TestRunStarted): TestRunFinished {
    const message = this.ends.flatMap((end) => end.message ?? []).join('\n');
    const exception = this.ends.find((end) => end.exception)?.exception;
    return {
      ...(id === undefined ? {} : { testRunStartedId: id }),
      success: this.ends.every(({ success }) => success),
      timestamp: lastTime(this.ends.map((testRunFinished) => ({ testRunFinished }))),
      ...(message === '' ? {} : { message }),
      ...(exception === undefined ? {} : { exception }),
    };
  }

  private addStart(started: TestRunStarted, { path }: ShardRun, names: ShardNames): void {
    const [first] = this.runs.values();
    const id = started.id ?? path;
    const other = this.runs.get(id);
    if (other !== undefined)
      throw unmergeable(`${path} and ${other.path} are of the same run`, 'give it once');
    if (first !== undefined) names.learn(started, first.started);
    this.runs.set(id, { path, started: names.inside(started) });
  }

  private addDeclaration(
    message: Envelope,
    path: string,
    names: ShardNames,
    times: Map<string, number>,
  ): boolean {
    const { meta, source, gherkinDocument, pickle } = message;
    if (meta) this.declare('meta', message, meta, names);
    else if (source) this.addSource(source, path, names);
    else if (gherkinDocument) this.addDocument(gherkinDocument, names);
    else if (pickle) this.addPickle(pickle, names);
    else return this.addDefinition(message, names, times);
    return true;
  }

  private addSource(source: Source, path: string, names: ShardNames): void {
    const first = this.sources.get(source.uri);
    if (first !== undefined && first.data !== source.data) {
      const runs = `${first.path} and ${path}`;
      throw unmergeable(
        `${source.uri} is not the same in ${runs}`,
        'only shards of one commit can be merged',
      );
    }
    if (first === undefined) this.sources.set(source.uri, { path, data: source.data });
    this.declare(`source ${source.uri}`, { source }, source, names);
  }

  private addDocument(gherkinDocument: GherkinDocument, names: ShardNames): void {
    this.declare(`document ${gherkinDocument.uri}`, { gherkinDocument }, gherkinDocument, names);
  }

  /** A pickle is known by the scenario, and the row of examples, from which it was made. */
  private addPickle(pickle: Pickle, names: ShardNames): void {
    const madeFrom = pickle.astNodeIds.map((id) => names.of(id)).join(' ');
    this.declare(`pickle ${pickle.uri} ${madeFrom}`, { pickle }, pickle, names);
  }

  /** Definitions made in a loop may be alike but for their ids: the second of them is the second in each shard. */
  private addDefinition(message: Envelope, names: ShardNames, times: Map<string, number>): boolean {
    const kind = definitionKinds.find((candidate) => message[candidate] !== undefined);
    const definition: Definition | undefined = kind === undefined ? undefined : message[kind];
    if (definition === undefined) return false;
    const text = `${kind} ${JSON.stringify({ ...definition, id: '' })}`;
    const time = (times.get(text) ?? 0) + 1;
    times.set(text, time);
    this.declare(`${text} ${time}`, message, definition, names);
    return true;
  }

  /** What is known already is left out, and its ids stand for those of this shard. */
  private declare(key: string, message: Envelope, content: unknown, names: ShardNames): void {
    const known = this.known.get(key);
    if (known !== undefined) {
      names.learn(content, known);
    } else {
      this.declared.push(names.inside(message));
      this.known.set(key, names.inside(content));
    }
  }
}

const idKey = /^id$|Ids?$/;
const workerKey = 'workerId';
/** Messages that name a worker, unless the run was serial. */
const startKinds = new Set(['testCaseStarted', 'testRunHookStarted']);

/** The names by which the merged stream knows what one shard refers to. */
class ShardNames {
  private readonly merged = new Map<string, string>();

  constructor(private readonly shard: number) {}

  of(id: string): string {
    return this.merged.get(id) ?? (this.shard === 1 ? id : `${this.shard}/${id}`);
  }

  /** The ids in `own` stand for the same as those in `known`, which has the same structure. */
  learn(own: unknown, known: unknown): void {
    if (!isNode(own) || !isNode(known)) return;
    if (typeof own.id === 'string' && typeof known.id === 'string') this.merged.set(own.id, known.id);
    for (const [key, value] of Object.entries(own)) this.learn(value, known[key]);
  }

  /** The message, or a part of one, in the names of the merged stream. */
  inside<T>(content: T): T {
    return this.translated('', content) as T;
  }

  private translated(key: string, value: unknown): unknown {
    if (typeof value === 'string') return this.word(key, value);
    if (Array.isArray(value)) return value.map((item) => this.translated(key, item));
    if (!isNode(value)) return value;
    const node = startKinds.has(key) ? { [workerKey]: '', ...value } : value;
    return Object.fromEntries(
      Object.entries(node).map(([name, part]) => [name, this.translated(name, part)]),
    );
  }

  private word(key: string, value: string): string {
    if (key === workerKey) return value === '' ? `${this.shard}` : `${this.shard}.${value}`;
    return idKey.test(key) ? this.of(value) : value;
  }
}

function isNode(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function unmergeable(problem: string, advice = ''): BrineError {
  return new BrineError('BRINE_REPORT_001', { problem, advice });
}
