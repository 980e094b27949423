/** A failure of more characters helps nobody, and fills logs and reports. */
const mostCharacters = 40_000;
/** A longer line is cut. */
const widestLine = 4_000;

/**
 * The text, if need be cut: a line of more than 4,000 characters, and the lines after the first 40,000 characters. What was left out is
 * said. Never throws.
 */
export function boundedText(text: string): string {
  if (text.length <= widestLine) return text;
  const lines = text.split('\n').map(boundedLine);
  const shown = lines.slice(0, fitting(lines));
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`... and ${more.toLocaleString('en-US')} more lines`] : [])].join('\n');
}

/** How many of the lines fit. */
function fitting(lines: readonly string[]): number {
  let [count, size] = [0, 0];
  for (const line of lines) {
    size += line.length + 1;
    if (size > mostCharacters) break;
    count++;
  }
  return count;
}

function boundedLine(line: string): string {
  if (line.length <= widestLine) return line;
  return `${beginning(line, widestLine)}… (${line.length.toLocaleString('en-US')} characters)`;
}

/** The beginning of a text, without tearing a surrogate pair. */
export function beginning(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
