import type { RecordedEvent } from '../support/clients';
import { BrineError, nearest } from '../support/errors';
import {
  type Json,
  type JsonMatcher,
  jsonMatcher,
  lookUp,
  matchJson,
  renderValue,
  stringifyJson,
} from '../support/matching';
import type { AcceptanceWorld } from './acceptance-world';
import type { Criterion } from './event-criteria';
import { asRow, eventColumns, keyAsJson } from './expectations';

/** A criterion with its `${...}` filled. */
interface Filled {
  /** `key "a"`, `header "trace" "t-1"`, `partition 0`, `"value.n" is 5`. */
  readonly words: string;
  readonly joint: 'with' | 'on' | 'where';
  readonly expected: Json;
  readonly matcher: JsonMatcher;
  /** What an event has there; several values of a header are an array. */
  readonly actual: (event: RecordedEvent) => unknown;
  /** What an event has instead, in words. */
  readonly instead: (event: RecordedEvent) => string;
  readonly isHeader: boolean;
}

/** The events that a step means. */
export class Selection {
  private constructor(
    private readonly world: AcceptanceWorld,
    private readonly criteria: readonly Filled[],
  ) {}

  /** @throws BrineError BRINE_MATCH_003 for a path that no event has */
  static of(world: AcceptanceWorld, criteria: readonly Criterion[] = []): Selection {
    return new Selection(
      world,
      criteria.map((criterion) => filled(world, criterion)),
    );
  }

  /** ` with key "a" and header "trace" "t-1"`, for messages; '' when all events are meant. */
  get words(): string {
    return this.criteria
      .map(({ words, joint }, at) => {
        const isSame = at > 0 && this.criteria[at - 1]?.joint === joint;
        return ` ${isSame ? 'and' : joint} ${words}`;
      })
      .join('');
  }

  /** How many things are said of the events. */
  get size(): number {
    return this.criteria.length;
  }

  accepts(event: RecordedEvent): boolean {
    return this.criteria.every((criterion) => fits(criterion, event));
  }

  /** Keeps what markers of the criteria capture of an event that was found. */
  capture(event: RecordedEvent): void {
    for (const { expected, actual, isHeader, matcher } of this.criteria) {
      const value = actual(event);
      const one =
        isHeader && Array.isArray(value) ? value.find((part: unknown) => matcher.matches(part)) : value;
      const { captured } = matchJson(expected, one, {
        mode: 'exactly',
        captured: this.world.variables.captured,
      });
      this.world.variables.capture(captured);
    }
  }

  /** An event that one criterion alone keeps out, and what it has instead, in words. */
  *nearlyAccepted(events: readonly RecordedEvent[]): Generator<{ event: RecordedEvent; instead: string }> {
    for (const criterion of this.criteria) {
      const others = this.criteria.filter((other) => other !== criterion);
      for (const event of [...events].reverse()) {
        if (!fits(criterion, event) && others.every((other) => fits(other, event)))
          yield { event, instead: criterion.instead(event) };
      }
    }
  }
}

function fits({ matcher, actual, isHeader }: Filled, event: RecordedEvent): boolean {
  const value = actual(event);
  if (isHeader && Array.isArray(value)) return value.some((one: unknown) => matcher.matches(one));
  return matcher.matches(value);
}

function filled(world: AcceptanceWorld, criterion: Criterion): Filled {
  const { joint, called, literal, actual } = partsOf(world, criterion);
  const expected = world.variables.expected(stringifyJson(literal), 'this step');
  const isHeader = criterion.kind === 'header';
  const says = (value: unknown) => `${called}${criterion.kind === 'path' ? ' is' : ''} ${renderValue(value)}`;
  return {
    words: says(expected),
    joint,
    expected,
    matcher: jsonMatcher(expected, { mode: 'exactly', captured: world.variables.captured }),
    actual,
    instead: (event) => {
      const value = actual(event);
      if (criterion.kind === 'partition') return `lies on partition ${event.partition}`;
      if (value === undefined) return `has no ${called}`;
      return criterion.kind === 'path'
        ? `has ${called} ${renderValue(value)}`
        : `has the ${called} ${renderValue(value)}`;
    },
    isHeader,
  };
}

/** Keys and headers are texts, whatever they look like. */
function partsOf(world: AcceptanceWorld, criterion: Criterion): Parts {
  switch (criterion.kind) {
    case 'key':
      return {
        joint: 'with',
        called: 'key',
        literal: keyLiteral(criterion.value),
        actual: ({ key }) => keyAsJson(key),
      };
    case 'header': {
      const name = world.variables.text(criterion.name, 'the name of a header');
      return {
        joint: 'with',
        called: `header ${JSON.stringify(name)}`,
        literal: textOrNull(criterion.value),
        actual: ({ headers }) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
      };
    }
    case 'partition':
      return {
        joint: 'on',
        called: 'partition',
        literal: criterion.value,
        actual: ({ partition }) => partition,
      };
    case 'path': {
      const path = eventPath(world.variables.text(criterion.path, 'a path of this step'));
      return {
        joint: 'where',
        called: JSON.stringify(path),
        literal: path === 'key' ? keyLiteral(criterion.value) : criterion.value,
        actual: (event) => lookUp(asRow(event), path).value,
      };
    }
  }
}

/** Text, but for what is written as an object or array of JSON: that is compared as JSON, whatever its spaces and order. */
function keyLiteral(value: Criterion['value']): unknown {
  return keyAsJson(textOrNull(value));
}

interface Parts {
  readonly joint: Filled['joint'];
  readonly called: string;
  readonly literal: unknown;
  readonly actual: Filled['actual'];
}

function textOrNull(value: Criterion['value']): string | null {
  return value === null ? null : String(value);
}

/**
 * A path into an event: `key`, `value.orderId`, `headers.trace`; one that begins with `$` leads into the value.
 * @throws BrineError BRINE_MATCH_003 for a path that no event has
 */
export function eventPath(path: string): string {
  if (path === '$') return 'value';
  const inValue = path.startsWith('$.') || path.startsWith('$[') ? `value${path.slice(1)}` : path;
  const [, first = ''] = /^([^.[]*)/.exec(inValue) ?? [];
  const known: readonly string[] = eventColumns;
  if (known.includes(first)) return inValue;
  const [near = `value.${path}`] = nearest(first, known).map((name) => name + inValue.slice(first.length));
  throw new BrineError('BRINE_MATCH_003', {
    owner: 'an event',
    column: path,
    suggestion: `: did you mean "${near}"?`,
    known: known.join(', '),
  });
}
