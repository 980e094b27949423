import {
  type ExpressionWord,
  escapePattern,
  type ParameterPattern,
  phrasesOf,
  type StepExpression,
} from './expression-words';

/** How values are written, by the parameter that takes them. */
const notations: Readonly<Record<string, string>> = {
  database: 'a name of the configuration, without quotes',
  duration: '200 ms, 5 seconds, 1.5 s, 2 minutes, 1 hour or 2 days',
  float: 'a number: 99 or 0.5',
  format: 'CSV, JSON or YAML',
  int: 'a whole number: 25',
  keyType: 'string, hash, list, set, sorted set or stream',
  layout: 'as columns',
  literal: 'a text in double quotes, a number, true, false or null',
  method: 'GET, POST, PUT, PATCH, DELETE ... in capitals',
  order: 'ascending or descending',
  requests: 'the next request, all requests, or all requests to a service',
  service: 'a name of the configuration, without quotes',
  status: 'a number (201), a class (2xx) or a phrase (Created)',
  string: 'a text in double quotes',
  stub: 'a name of the configuration, without quotes',
  window: '4 to 5 minutes, or 30 seconds to 2 minutes',
};

/** Of `has no events` where `has {int} event(s)` is near, too. `no` is no value. */
const noValue = 'no';

/** A value that is longer than this is none, but a part of the step that says something else. */
const mostWords = 3;

interface Misfit {
  readonly value: string;
  readonly parameter: string;
  /** How much of the step is in order: of two phrases the one that says more of it is meant. */
  readonly literal: number;
}

/**
 * What keeps the text of an undefined step from being one of the nearest known ones, where it is how a value is written:
 * `5 secs` for a duration, a name in quotes, typographic quotes. Nothing where the words differ.
 */
export function complaintsAbout(
  text: string,
  near: readonly StepExpression[],
  parameters: readonly ParameterPattern[] | undefined,
): string[] {
  const [quote] = /[\u201c-\u201f\u2018-\u201b\u00ab\u00bb]/.exec(text) ?? [];
  if (quote !== undefined)
    return [`${quote} is a typographic quote, which an editor may have made of it; write "`];
  const misfits = near.flatMap((expression) =>
    phrasesOf(expression, parameters).flatMap((parts) => misfitsOf(text, parts)),
  );
  const [best] = misfits.sort((a, b) => b.literal - a.literal);
  return best === undefined ? [] : [complaint(best)];
}

function complaint({ value, parameter }: Misfit): string {
  const notation = notations[parameter.slice(1, -1)];
  return `${value} is no ${parameter}${notation === undefined ? '' : `; write ${notation}`}`;
}

/** The values that alone their parameters do not take; none where the phrase's words differ, or more is wrong. */
function misfitsOf(text: string, parts: readonly ExpressionWord[]): Misfit[] {
  return parts.flatMap((part, at) => {
    if (part.kind !== 'parameter' || !/^\{\w+\}:?$/.test(part.source)) return [];
    const value = allowing(at, parts).exec(text)?.groups?.value;
    if (value === undefined || value === noValue || value.split(' ').length > mostWords) return [];
    return [{ value, parameter: part.source.replace(/:$/, ''), literal: text.length - value.length }];
  });
}

/** The phrase, its parameter at this place taking whatever stands there. */
function allowing(place: number, parts: readonly ExpressionWord[]): RegExp {
  const sources = parts.map((part, at) => {
    if (part.kind === 'word') return `(?:${part.forms.map(escapePattern).join('|')})`;
    if (at === place) return `(?<value>.+?)${part.source.endsWith(':') ? ':' : ''}`;
    return part.pattern.source.slice(1, -1);
  });
  return new RegExp(`^${sources.join(' ')}$`, 's');
}
