// @ts-check
const { SourceMap } = require('node:module');

/** What was loaded from the cache in this thread, by file: ts-node knows nothing of it. @type {Map<string, string>} */
const outputs = new Map();
/** The lines of outputs, once somebody has asked for them. @type {Map<string, readonly number[]>} */
const tables = new Map();

const mark = '//# brineLines=';
const mapMark = '//# sourceMappingURL=data:application/json;charset=utf-8;base64,';

/** @param {string} file */
function slashed(file) {
  return file.replaceAll('\\', '/');
}

/**
 * @param {string} file absolute
 * @param {string} output
 */
function rememberOutput(file, output) {
  outputs.set(slashed(file), output);
}

/**
 * @param {string} file
 * @returns {string | undefined}
 */
function keptOutput(file) {
  return outputs.get(slashed(file));
}

/**
 * The line of a source that a line of its output comes from: what a source map says, too, which takes a hundred times as
 * long to read.
 * @param {string} file absolute
 * @param {number} line of its output, from 1 on
 * @returns {number | undefined} nothing when it was not loaded from the cache
 */
function sourceLine(file, line) {
  const key = slashed(file);
  const output = outputs.get(key);
  if (output === undefined) return undefined;
  const table = tables.get(key) ?? readTable(output);
  tables.set(key, table);
  return table[line - 1];
}

/** @param {string} output */
function readTable(output) {
  const at = output.lastIndexOf(mark);
  if (at === -1) return [];
  return output
    .slice(at + mark.length, output.indexOf('\n', at))
    .split(',')
    .map(Number);
}

/**
 * The output with a table of its lines before its map: for each, the line of what its first code comes from.
 * @param {string} output
 * @param {string} source
 */
function withTable(output, source) {
  const at = output.lastIndexOf(mapMark);
  if (at === -1) return output;
  const map = new SourceMap(JSON.parse(Buffer.from(output.slice(at + mapMark.length), 'base64').toString()));
  const sourceLines = source.split('\n');
  const lines = output
    .slice(0, at)
    .split('\n')
    .map((text, line) => lineOfCode(map, line, text, sourceLines));
  return `${output.slice(0, at)}${mark}${lines.join(',')}\n${output.slice(at)}`;
}

/**
 * A statement may begin with the comment above it, which has an end.
 * @param {SourceMap} map
 * @param {number} line from 0 on, of the output
 * @param {string} text
 * @param {readonly string[]} sourceLines
 */
function lineOfCode(map, line, text, sourceLines) {
  let found = line;
  for (let column = Math.max(0, text.search(/\S/)); column <= text.length; column++) {
    const entry = map.findEntry(line, column);
    if (!('originalLine' in entry) || entry.originalLine === undefined) break;
    found = entry.originalLine;
    if (!/^(\/[/*]|\*\/|\s*$)/.test(sourceLines[found]?.slice(entry.originalColumn) ?? '')) break;
  }
  return found + 1;
}

module.exports = { keptOutput, rememberOutput, sourceLine, withTable };
