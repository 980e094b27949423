import { durationPattern, parseDuration } from '../support/time';
import { readWindow } from '../world/cache-values';
import { criteriaPattern, readCriteria } from '../world/event-criteria';
import { literalPattern, readLiteral } from '../world/literals';
import { dropMoments } from '../world/stub-answers';
import { parameterType } from './define';

/** A name of the configuration; parts of it may be variables. */
const name = /(?:[a-zA-Z]|\$\{[^}]+\})(?:[a-zA-Z0-9_-]|\$\{[^}]+\})*/;

parameterType({
  name: 'duration',
  // one group only: the runner would hand each one over on its own
  regexp: new RegExp(durationPattern.source.replace(/\((?!\?)/g, '(?:')),
  transformer: (text: string) => parseDuration(text),
});

/** A span of time between two durations: `4 to 5 minutes`, `30 seconds to 2 minutes`. */
parameterType({
  name: 'window',
  regexp: new RegExp(
    `\\d+(?:\\.\\d+)?(?: ?[a-z]+)? to ${durationPattern.source.replace(/\((?!\?)/g, '(?:')}`,
  ),
  transformer: (text: string) => readWindow(text),
  useForSnippets: false,
});

/** The types of keys in a cache. */
parameterType({
  name: 'keyType',
  regexp: /string|hash|list|sorted set|set|stream/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

/** What a key consists of: fields of a hash, items of a list, members of a set or sorted set, entries of a stream. */
parameterType({
  name: 'parts',
  regexp: /fields?|items?|members?|entry|entries/,
  transformer: (text: string) => text.replace(/ies$/, 'y').replace(/s$/, ''),
  useForSnippets: false,
});

parameterType({
  name: 'method',
  regexp: /[A-Z]+(?:-[A-Z]+)*/, // an unknown one is named, with the nearest, when it is sent
  transformer: (text: string) => text,
  useForSnippets: false, // it is like any word in capitals
});

/** A status by number, class or phrase: `201`, `2xx`, `Created`. */
parameterType({
  name: 'status',
  regexp: [/\d{3}/, /[1-5]xx/, /[A-Z][A-Za-z-]*(?: [A-Z][A-Za-z-]*)*/],
  transformer: (text: string) => text,
  useForSnippets: false,
});

/** Text in quotes, a number, true, false or null. */
parameterType({
  name: 'literal',
  regexp: literalPattern,
  transformer: readLiteral,
  useForSnippets: false,
});

/** Which requests a setting is for. */
parameterType({
  name: 'requests',
  regexp: new RegExp(`the next request|all requests(?: to ${name.source})?`),
  transformer: (text: string) => text,
  useForSnippets: false,
});

/** A value that steps look into. */
parameterType({
  name: 'value',
  regexp: /the response body|all pages|(?:the response field|variable) "(?:[^"\\]|\\.)*"/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

/** Which of two schemas reads what the other one wrote. */
parameterType({
  name: 'compatibility',
  regexp: /backward|forward|fully/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

parameterType({
  name: 'order',
  regexp: /ascending|descending/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

for (const kind of ['service', 'database', 'stub']) {
  parameterType({
    name: kind,
    regexp: name,
    transformer: (text: string) => text,
    useForSnippets: false,
  });
}

/** Where in its answer an outside service ends the connection. */
parameterType({
  name: 'moment',
  regexp: new RegExp(dropMoments.join('|')),
  transformer: (text: string) => text,
  useForSnippets: false,
});

/** How the table below a step reads: down instead of across. */
parameterType({
  name: 'layout',
  regexp: /as columns/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

/** What the rows below a step are written in, where it is no table. */
parameterType({
  name: 'format',
  regexp: /CSV|JSON|YAML/,
  transformer: (text: string) => text,
  useForSnippets: false,
});

/** Which events are meant: `with key "a" and header "trace" "t-1" on partition 0 where "value.n" is 5`. */
parameterType({
  name: 'selection',
  regexp: criteriaPattern,
  transformer: readCriteria,
  useForSnippets: false,
});
