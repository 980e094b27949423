export type { ArrayMode, Mismatch } from './attempt';
export {
  interpolate,
  interpolateCell,
  interpolateExpected,
  interpolateJson,
  literalCell,
  resolve as resolveVariable,
  type Scope,
} from './interpolation';
export { parseJson, stringifyJson } from './json';
export type { Json, JsonObject } from './json-value';
export { markerNames } from './markers';
export { type MatchOptions, type MatchResult, matchJson } from './match-json';
export { ExactDecimal } from './numbers';
export { type Found, lookUp, valueAt } from './path';
export { renderMismatches } from './render-mismatches';
export { type RenderOptions, renderValue } from './render-value';
