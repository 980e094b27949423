import { stripVTControlCharacters } from 'node:util';
import { escapeHtml } from './html-text';

/** A feature of cucumber's JSON report: the parts that the HTML report shows. */
export interface JsonFeature {
  id?: string;
  uri?: string;
  name?: string;
  description?: string;
  tags?: readonly JsonTag[];
  elements?: readonly JsonScenario[];
}

export interface JsonScenario {
  name?: string;
  description?: string;
  line?: number;
  tags?: readonly JsonTag[];
  steps?: readonly JsonStep[];
}

export interface JsonStep {
  keyword?: string;
  name?: string;
  hidden?: boolean;
  arguments?: ReadonlyArray<{ rows?: ReadonlyArray<{ cells: readonly string[] }>; content?: string }>;
  result?: { status: string; duration?: number; error_message?: string };
  embeddings?: readonly JsonEmbedding[];
}

/** `data` is base64. */
export interface JsonEmbedding {
  data: string;
  mime_type: string;
}

interface JsonTag {
  name: string;
}

/** More of a text than this makes pages that browsers choke on. */
const longestText = 100_000;
/** What is kept of a text that is too long: the end of a log tells more than its beginning. */
const keptStart = 20_000;
const keptEnd = 60_000;
const largestBinary = 4_000_000;

/** Types that a browser shows by itself. */
const shownByBrowsers = /^(image|video)\/|^application\/pdf$/;
const texts = /^text\/|[/+](json|xml|plain|yaml|x-ndjson|javascript|x-www-form-urlencoded|graphql)$/;

/**
 * The features made fit for the templates of multiple-cucumber-html-reporter, which puts names, cells, texts and
 * HTML attachments into its pages as they are, leaves failed hooks out, and fails on a JSON attachment that is
 * none. Gives new objects: every text escaped, what is huge cut with a notice, features and scenarios in the
 * order of the files, page names that are unique and the same in each run.
 */
export function presentable(features: readonly JsonFeature[]): JsonFeature[] {
  const taken = new Set<string>();
  return [...features]
    .sort((a, b) => (a.uri ?? '').localeCompare(b.uri ?? '', 'en', { numeric: true }))
    .map((feature) => ({
      ...feature,
      id: uniqueId(feature, taken),
      uri: escapeHtml(feature.uri ?? ''),
      name: escapeHtml(feature.name || '(a feature without a name)'),
      description: escapeHtml(feature.description ?? ''),
      tags: escapedTags(feature.tags),
      elements: [...(feature.elements ?? [])].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).map(scenario),
    }));
}

function uniqueId({ uri, name }: JsonFeature, taken: Set<string>): string {
  const id = (uri || name || 'feature').replace(/[^a-zA-Z0-9_-]+/g, '-').slice(-120);
  let unique = id;
  for (let copy = 2; taken.has(unique); copy++) unique = `${id}-${copy}`;
  taken.add(unique);
  return unique;
}

function escapedTags(tags: readonly JsonTag[] | undefined): JsonTag[] {
  return (tags ?? []).map((tag) => ({ ...tag, name: escapeHtml(tag.name) }));
}

function scenario(element: JsonScenario): JsonScenario {
  const steps = (element.steps ?? []).map(step);
  return {
    ...element,
    name: escapeHtml(element.name || '(a scenario without a name)'),
    description: escapeHtml(element.description ?? ''),
    tags: escapedTags(element.tags),
    steps: steps.some(({ hidden }) => !hidden) ? steps : [...steps, noSteps(steps)],
  };
}

/** Without a visible step the library would not count the scenario. */
function noSteps(hooks: readonly JsonStep[]): JsonStep {
  const skipped = hooks.some(({ result }) => result?.status === 'skipped');
  return {
    keyword: '',
    name: '(this scenario has no steps)',
    result: { status: skipped ? 'skipped' : 'passed' },
  };
}

function step(original: JsonStep): JsonStep {
  const { name, keyword, result, embeddings, hidden, ...rest } = original;
  const attachments = (embeddings ?? []).map(embedding);
  const shown = !hidden || attachments.length > 0 || result?.status === 'failed';
  return {
    ...rest,
    keyword: escapeHtml(keyword ?? ''),
    name: escapeHtml(name ?? (hidden ? ' hook' : '')),
    ...(shown ? {} : { hidden: true }),
    arguments: (original.arguments ?? []).map(argument),
    result: resultOf(result),
    ...(attachments.length === 0 ? {} : { embeddings: attachments }),
  };
}

function argument({ rows, content, ...rest }: NonNullable<JsonStep['arguments']>[number]) {
  return {
    ...rest,
    ...(rows === undefined ? {} : { rows: rows.map(({ cells }) => ({ cells: cells.map(escapeHtml) })) }),
    ...(content === undefined ? {} : { content: escapeHtml(shortened(content)) }),
  };
}

/** `Undefined`, as the library shows a snippet in a style of its own for `undefined`, and counts both. */
function resultOf(result: JsonStep['result']): NonNullable<JsonStep['result']> {
  if (result === undefined) return { status: 'skipped' };
  const { error_message, status } = result;
  return {
    ...result,
    status: status === 'undefined' ? 'Undefined' : status,
    ...(error_message === undefined
      ? {}
      : { error_message: escapeHtml(shortened(stripVTControlCharacters(error_message))) }),
  };
}

function embedding({ data, mime_type }: JsonEmbedding): JsonEmbedding {
  const type = mime_type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/html') return htmlEmbedding(data);
  if (texts.test(type)) return textEmbedding(readable(type, Buffer.from(data, 'base64').toString('utf8')));
  if (!shownByBrowsers.test(type)) return textEmbedding(`[an attachment of type ${type}: see cucumber.json]`);
  if (data.length <= largestBinary) return { data, mime_type: type };
  return textEmbedding(`[an attachment of type ${type} is too large to be shown: see cucumber.json]`);
}

/** Ends with a line of its own: the library puts all texts of a step into one box. */
function textEmbedding(text: string): JsonEmbedding {
  return base64('text/plain', `${escapeHtml(shortened(stripVTControlCharacters(text)).trimEnd())}\n`);
}

/** In a frame without rights: what a service answered must not run in, or break, the report. */
function htmlEmbedding(data: string): JsonEmbedding {
  const html = Buffer.from(data, 'base64').toString('utf8');
  if (html.length > longestText) return textEmbedding(html);
  const frame = `<iframe sandbox srcdoc="${escapeHtml(html)}" style="width:100%;height:24em;border:1px solid #ccc"></iframe>`;
  return base64('text/html', frame);
}

function base64(mime_type: string, text: string): JsonEmbedding {
  return { data: Buffer.from(text, 'utf8').toString('base64'), mime_type };
}

function readable(type: string, text: string): string {
  if (!type.endsWith('json') || text.length > longestText) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

function shortened(text: string): string {
  if (text.length <= longestText) return text;
  const left = text.length - keptStart - keptEnd;
  const notice = `[... ${left.toLocaleString('en')} characters are left out here: see cucumber.json ...]`;
  return `${text.slice(0, keptStart)}\n\n${notice}\n\n${text.slice(-keptEnd)}`;
}
