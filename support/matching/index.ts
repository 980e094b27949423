export type { ArrayMode, Mismatch } from './attempt';
export { boundedText } from './bounded-text';
export { type Cell, type ColumnKind, readCell } from './cells';
export { sameValue } from './equality';
export {
  interpolate,
  interpolateCell,
  interpolateExpected,
  interpolateJson,
  resolve as resolveVariable,
  type Scope,
} from './interpolation';
export { sameInterval } from './intervals';
export { jsonOrText, parseJson, stringifyJson } from './json';
export { type JsonMatcher, jsonMatcher } from './json-matcher';
export { isFields, type Json, type JsonObject, setAtPath, setField } from './json-value';
export { markerNames } from './markers';
export { type MatchOptions, type MatchResult, matchJson } from './match-json';
export {
  type ClosestRow,
  type MatchedRow,
  type MissingRow,
  matchRows,
  type Row,
  type RowsMode,
  type RowsOptions,
  type RowsResult,
  rowMatcher,
  type TableExpectation,
  type UnknownColumn,
} from './match-rows';
export { readInstant } from './moments';
export { literalCell, textOf } from './notation';
export { ExactDecimal, isNumeric, numberKey, readNumber } from './numbers';
export { type Found, formatPath, lookUp } from './path';
export { readPattern } from './pattern';
export { renderMismatches } from './render-mismatches';
export { type RenderRowsOptions, renderRowsResult } from './render-rows';
export { renderTable } from './render-table';
export { type RenderOptions, renderValue } from './render-value';
