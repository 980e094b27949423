import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceLine } from '../support/typescript/kept-outputs';

/** Where a step, a hook or a parameter type is defined. */
export interface Place {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
}

type Frame = NodeJS.CallSite;
type IsPassedOver = (file: string | null | undefined) => boolean;

/** What {@link findPlacesQuickly} reaches into; see the runner's `support_code_library_builder/get_definition_line_and_uri.ts`. */
interface Finder {
  getDefinitionLineAndUri(cwd: string, isPassedOver: IsPassedOver): { line: number; uri: string };
}

/** As many as there are when nothing else is said. */
const usualFrames = 10;
/** Of what is registered now, where its place is known. */
let known: Place | undefined;

/**
 * The place in a step library from which a function was called.
 * @param own the file that the function is in: all of its frames are passed over
 */
export function placeOfCaller(own: string): Place | undefined {
  return lookAtStack((stack, map) => {
    const caller = stack[stack.findLastIndex((frame) => frame.getFileName() === own) + 1];
    return caller && (quickPlaceOf(caller) ?? mappedPlaceOf(caller, map));
  });
}

/** Has the runner take it that what is registered meanwhile is defined at a place. */
export function definedAt(place: Place | undefined, register: () => void): void {
  known = place;
  try {
    register();
  } finally {
    known = undefined;
  }
}

/**
 * The runner reads the stack whenever something is registered, and has all files in it searched for source maps: 0.05 ms
 * for each of 900 definitions in each thread, and 30 ms for the first. Where the source of a compiled file is known, that
 * need not be. In a version of the runner that has no such function it stays as it is, and what {@link definedAt} knows is
 * lost: definitions are where they are registered.
 */
export function findPlacesQuickly(): void {
  const finder = finderOfRunner();
  if (typeof finder?.getDefinitionLineAndUri !== 'function') return;
  const { getDefinitionLineAndUri } = finder;
  const runner = join(directoryOfRunner(), '..', sep);
  const isPassedOver: IsPassedOver = (file) => file === __filename || file?.startsWith(runner) === true;
  finder.getDefinitionLineAndUri = (cwd) => {
    const place = known ?? placeOfDefinition(isPassedOver);
    return place === undefined
      ? getDefinitionLineAndUri(cwd, isPassedOver)
      : { line: place.line, uri: relativeTo(cwd, place.file) };
  };
}

function placeOfDefinition(isPassedOver: IsPassedOver): Place | undefined {
  return lookAtStack((stack) => {
    const caller = stack.find((frame) => !isPassedOver(frame.getFileName()));
    return caller && quickPlaceOf(caller);
  });
}

/** @param look is given the frames, the newest first, and what makes a text of some, with the places before compilation */
function lookAtStack(
  look: (stack: Frame[], map: (some: Frame[]) => unknown) => Place | undefined,
): Place | undefined {
  const { prepareStackTrace: before, stackTraceLimit } = Error;
  let place: Place | undefined;
  Error.stackTraceLimit = usualFrames;
  Error.prepareStackTrace = (error, stack) => {
    place = look(stack, (some) => before?.(error, some));
    return '';
  };
  try {
    void new Error().stack;
    return place;
  } finally {
    Error.prepareStackTrace = before;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function quickPlaceOf(frame: Frame): Place | undefined {
  const file = frame.getFileName();
  const line = frame.getLineNumber();
  const original = file && line ? sourceLine(file, line) : undefined;
  return file && original !== undefined ? { file, line: original } : undefined;
}

function mappedPlaceOf(frame: Frame, map: (some: Frame[]) => unknown): Place | undefined {
  const text = String(map([frame]) ?? `\n    at ${frame}`).split('\n')[1] ?? '';
  const [, at, line] = /\(?((?:file:\/\/)?[^():]+):(\d+):\d+\)?$/.exec(text) ?? [];
  if (at === undefined) return undefined;
  const path = at.replace(/^\s*at /, '');
  return { file: path.startsWith('file:') ? fileURLToPath(path) : path, line: Number(line) };
}

const relatives = new Map<string, string>();

/** Of some twenty files in the end. */
function relativeTo(cwd: string, file: string): string {
  const key = `${cwd}\n${file}`;
  const path = relatives.get(key) ?? relative(cwd, file);
  relatives.set(key, path);
  return path;
}

function finderOfRunner(): Finder | undefined {
  try {
    return require(
      join(directoryOfRunner(), 'support_code_library_builder', 'get_definition_line_and_uri.js'),
    );
  } catch {
    return undefined;
  }
}

function directoryOfRunner(): string {
  return dirname(require.resolve('@cucumber/cucumber'));
}
