import { readFileSync } from 'node:fs';

/** The last lines of a text as errors show them, or '' when there are none. */
export function endOfText(text: string, lines = 20): string {
  const last = text.trimEnd().split('\n').slice(-lines);
  return text.trim() === '' ? '' : `\n${last.map((line) => `  | ${line}`).join('\n')}`;
}

/** The last lines of a log file; '' when it cannot be read. */
export function endOfFile(path: string, lines = 20): string {
  try {
    return endOfText(readFileSync(path, 'utf8'), lines);
  } catch {
    return '';
  }
}
