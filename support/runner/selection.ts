import { globSync, realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { loadConfiguration } from '@cucumber/cucumber/api';
import ArgvParser from '@cucumber/cucumber/lib/configuration/argv_parser';
import PickleFilter from '@cucumber/cucumber/lib/pickle_filter';
import type { GherkinDocument, Pickle } from '@cucumber/messages';
import { BrineError, didYouMean } from '../errors';
import type { FeaturesRead } from './scenario-faults';

/** What the command line and the profile say about which scenarios to run. */
export interface Selection {
  readonly tags: string;
  readonly names: readonly string[];
  /** `1/4`; '' without shards. */
  readonly shard: string;
}

/** Which feature files the runner looked for, and found. */
export interface ResolvedPaths {
  /** As given, with lines: `features/orders.feature:12`, `features/*.feature`. */
  readonly unexpandedSourcePaths: readonly string[];
  readonly sourcePaths: readonly string[];
}

const runner = require
  .resolve('@cucumber/cucumber/package.json')
  .replace(/package\.json$/, 'bin/cucumber.js');
/** What the runner looks for when no path is given. */
const usualPaths = 'features/**/*.{feature,feature.md}';

/**
 * Reads the command line and the profile once more, as the runner does: it does not hand them to plugins.
 * @returns undefined when another program has started the run
 */
export async function selectionOf(argv: readonly string[], cwd: string): Promise<Selection | undefined> {
  if (!isRunner(argv[1])) return undefined;
  const { options, configuration } = ArgvParser.parse([...argv]);
  const { useConfiguration } = await loadConfiguration(
    {
      ...(options.config === undefined ? {} : { file: options.config }),
      profiles: options.profile,
      provided: configuration,
    },
    { cwd },
  );
  return { tags: useConfiguration.tags, names: useConfiguration.name, shard: useConfiguration.shard };
}

function isRunner(program: string | undefined): boolean {
  try {
    return program !== undefined && realpathSync(program) === realpathSync(runner);
  } catch {
    return false;
  }
}

/** Whether the runner would choose such a scenario. */
export function chooser({ tags, names }: Selection, paths: ResolvedPaths, cwd: string) {
  const filter = new PickleFilter({
    cwd,
    featurePaths: [...paths.unexpandedSourcePaths],
    names: [...names],
    tagExpression: tags,
  });
  return (gherkinDocument: GherkinDocument, pickle: Pickle): boolean =>
    filter.matches({ gherkinDocument, pickle });
}

/**
 * Makes sure that every path leads to features.
 * @throws BrineError BRINE_SELECT_001 with the nearest feature file
 */
export function assertPathsFound(paths: ResolvedPaths, cwd: string): void {
  const given = paths.unexpandedSourcePaths.filter((path) => path !== usualPaths).map(withoutLines);
  for (const path of given) {
    if (globSync(path, { cwd }).length === 0) throw nothingAt(path, cwd, 'there is no such file or folder');
  }
  const [first] = given;
  if (first !== undefined && paths.sourcePaths.length === 0)
    throw nothingAt(first, cwd, 'there is no feature in it');
}

function nothingAt(path: string, cwd: string, reason: string): BrineError {
  const there = globSync('**/*.feature', { cwd, exclude: (name) => name === 'node_modules' });
  return unselected(`the path "${path}"`, reason, path, there, 'feature files');
}

/**
 * Makes sure that what was asked for is there at all: every line leads to a scenario, every name is of one; and when
 * nothing was chosen, every tag of the expression is somewhere; and that there can be such a shard.
 * @throws BrineError BRINE_SELECT_001 with the nearest line, name or tag, or the shards that there are
 */
export function assertSelectionFound(
  { tags, names, shard }: Selection,
  paths: ResolvedPaths,
  read: FeaturesRead & { readonly chosen: number },
  cwd: string,
): void {
  assertShard(shard);
  for (const path of paths.unexpandedSourcePaths) assertLines(path, read, cwd);
  const scenarios = read.pickles.map(({ name }) => name);
  const name = names.find((wanted) => !scenarios.some((scenario) => scenario.match(wanted)));
  if (name !== undefined)
    throw unselected(`--name "${name}"`, 'no scenario has such a name', name, scenarios, 'scenarios');
  if (read.chosen === 0) assertTags(tags, read.pickles);
}

/** The runner takes a shard that there cannot be for an empty one, which passes. */
function assertShard(shard: string): void {
  const [index = 1, total = 1] = shard === '' ? [] : shard.split('/').map(Number);
  if (index >= 1 && index <= total) return;
  throw new BrineError('BRINE_SELECT_001', {
    what: `--shard ${shard}`,
    reason: `shards are counted from 1 to ${total}`,
    suggestion: '',
    kind: 'shards',
    known: total === 0 ? 'none' : `1/${total} to ${total}/${total}`,
  });
}

function assertTags(expression: string, pickles: readonly Pickle[]): void {
  const known = pickles.flatMap(({ tags }) => tags.map(({ name }) => name));
  const wanted = expression.match(/@(?:\\.|[^\s()\\])+/g) ?? [];
  const unknown = wanted.find((tag) => !known.includes(tag.replace(/\\(.)/g, '$1')));
  if (unknown === undefined) return;
  throw unselected(
    `--tags "${withoutParentheses(expression)}"`,
    `no scenario has the tag ${unknown}`,
    unknown,
    known,
    'tags',
  );
}

function assertLines(path: string, { pickles, documents }: FeaturesRead, cwd: string): void {
  const wanted = /(?::\d+)+$/.exec(path)?.[0].slice(1).split(':').map(Number) ?? [];
  if (wanted.length === 0) return;
  const uris = globSync(withoutLines(path), { cwd }).map((file) => relative('', file));
  const lines = documents
    .filter(({ uri = '' }) => uris.includes(uri))
    .flatMap((document) => linesOf(document, pickles));
  const line = wanted.find((one) => !lines.includes(one));
  if (line === undefined) return;
  const known = [...new Set(lines)].sort((a, b) => a - b).join(', ') || 'none';
  throw new BrineError('BRINE_SELECT_001', {
    what: `the path "${path}"`,
    reason: `no scenario begins at line ${line}`,
    suggestion: '',
    kind: 'lines of scenarios and examples',
    known,
  });
}

function linesOf(document: GherkinDocument, pickles: readonly Pickle[]): number[] {
  const ids = new Set(
    pickles.filter(({ uri }) => uri === document.uri).flatMap(({ astNodeIds }) => astNodeIds),
  );
  const children = (document.feature?.children ?? []).flatMap(
    ({ rule, ...child }) => rule?.children ?? [child],
  );
  const nodes = children.flatMap(({ scenario }) =>
    scenario ? [scenario, ...scenario.examples.flatMap(({ tableBody }) => tableBody)] : [],
  );
  return nodes.filter(({ id }) => ids.has(id)).map(({ location }) => location.line);
}

function withoutLines(path: string): string {
  return path.replace(/(:\d+)*$/, '');
}

/** The runner encloses the expression of the command line, which it may add to one of the profile. */
function withoutParentheses(expression: string): string {
  return expression.replace(/^\(([^()]*)\)$/, '$1');
}

const mostKnown = 20;

function unselected(
  what: string,
  reason: string,
  word: string,
  candidates: readonly string[],
  kind: string,
): BrineError {
  const all = [...new Set(candidates)].sort();
  const more = all.length > mostKnown ? ', ...' : '';
  const known = all.length === 0 ? 'none' : `${all.slice(0, mostKnown).join(', ')}${more}`;
  return new BrineError('BRINE_SELECT_001', { what, reason, suggestion: didYouMean(word, all), kind, known });
}
