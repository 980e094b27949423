import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** A line of a stack. Messages, too, have lines that begin with `at`: a place in a file or its like must end it. */
const framePattern = /^\s+at .*(?::\d+:\d+\)?|\((?:<anonymous>|native|index \d+)\))$/;
const placePattern = /((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*?):\d+:\d+\)?$/;

/** How much of an error is shown. */
export interface ErrorTextLimits {
  /** Stack frames for the error and for each of its causes. */
  readonly frames: number;
  readonly lines: number;
}

const usualLimits: ErrorTextLimits = { frames: 3, lines: 100 };

/**
 * An error as cucumber reports it, made short: the message whole, then only the frames of the user's own files
 * (below the directory, not in node_modules), with paths relative to it.
 * @param directory an absolute path
 */
export function errorLines(message: string, directory: string, limits = usualLimits): string[] {
  const lines: string[] = [];
  let frames = 0;
  for (const line of stripVTControlCharacters(message).trimEnd().split(/\r?\n/)) {
    if (!framePattern.test(line)) {
      frames = line.startsWith('Caused by:') ? 0 : frames;
      lines.push(line);
      continue;
    }
    const own = ownFrame(line, directory);
    if (own !== undefined && frames++ < limits.frames) lines.push(`    ${own}`);
  }
  return withoutBlankEnds(lines, limits.lines);
}

/** The frame with its path relative to the directory, or undefined when it is not of the user's files. */
function ownFrame(line: string, directory: string): string | undefined {
  const path = pathOf(placePattern.exec(line)?.[1]);
  if (path === undefined || !isAbsolute(path)) return undefined;
  const inside = relative(directory, path);
  if (inside.startsWith('..') || isAbsolute(inside) || inside.split(sep).includes('node_modules')) {
    return undefined;
  }
  return line.trim().replace('file://', '').replace(path, inside);
}

function pathOf(place: string | undefined): string | undefined {
  if (!place?.startsWith('file://')) return place;
  try {
    return fileURLToPath(place);
  } catch {
    return undefined;
  }
}

function withoutBlankEnds(lines: readonly string[], most: number): string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  const kept = first === -1 ? [] : lines.slice(first, last + 1);
  return kept.length <= most ? kept : [...kept.slice(0, most), `... ${kept.length - most} more lines`];
}
