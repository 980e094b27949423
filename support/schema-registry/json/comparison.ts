import { isFields, renderValue, sameValue } from '../../matching';
import {
  type Alternative,
  alternatives,
  type FieldRules,
  type ItemRules,
  listed,
  type TypeName,
  typeOf,
} from './alternatives';
import { type Keywords, NotComparable, type SchemaDocuments } from './schema-documents';

/** Why what one schema allows is not allowed by another. */
export interface SchemaFault {
  /** In the notation of values: `$.items[*].price`. */
  readonly path: string;
  readonly reason: string;
  /** Whether it is so is not known. */
  readonly isOpen: boolean;
}

/** A pair of schemas takes one step; schemas of services take some hundreds. */
const mostSteps = 50_000;
const mostNegations = 8;

/** Schemas that hold together. */
type Conjunction = readonly unknown[];

/**
 * Whether all that a writer's schema allows is allowed by a reader's, shown keyword by keyword. What holds for all values, but not for a
 * reason that stands in the schemas, is not found.
 */
export class Comparison {
  private steps = 0;
  private readonly names = new Map<unknown, number>();
  private readonly above = new Set<string>();

  constructor(
    private readonly reader: SchemaDocuments,
    private readonly writer: SchemaDocuments,
    private readonly depth = 0,
  ) {}

  faults(): SchemaFault[] {
    return this.between([this.writer.root], this.reader.root, '$');
  }

  /** A pair that is met again within itself holds when all else does. */
  private between(written: Conjunction, read: unknown, path: string): SchemaFault[] {
    if (read === true || (isFields(read) && Object.keys(read).length === 0)) return [];
    const pair = [read, ...written].map((schema) => this.nameOf(schema)).join(' ');
    if (this.above.has(pair)) return [];
    this.above.add(pair);
    try {
      return this.betweenAlternatives(written, read, path);
    } catch (error) {
      if (!(error instanceof NotComparable)) throw error;
      return [open(path, error.message)];
    } finally {
      this.above.delete(pair);
    }
  }

  private nameOf(schema: unknown): number {
    const known = this.names.get(schema);
    if (known !== undefined) return known;
    this.names.set(schema, this.names.size);
    return this.names.size - 1;
  }

  private betweenAlternatives(written: Conjunction, read: unknown, path: string): SchemaFault[] {
    const from = alternatives(written.length === 1 ? written[0] : { allOf: written }, this.writer);
    const to = alternatives(read, this.reader);
    return distinct(from.flatMap((one) => this.within(one, to, path)));
  }

  /** One way to be valid as one of several: as the nearest of them, when it is none. */
  private within(one: Alternative, to: readonly Alternative[], path: string): SchemaFault[] {
    if (one.values?.every(isScalar)) return this.valuesWithin(one, to, path);
    const gone = [...one.types].filter((type) => !to.some(({ types }) => types.has(type)));
    const lost = gone.length === 0 ? [] : [fault(path, typeReason(ofTypes(one, gone), to))];
    const kept = [...one.types].filter((type) => !gone.includes(type));
    return [...lost, ...kept.flatMap((type) => this.oneWithin(ofTypes(one, [type]), to, path))];
  }

  /** Of one type alone. */
  private oneWithin(one: Alternative, to: readonly Alternative[], path: string): SchemaFault[] {
    const [type] = one.types;
    const candidates = to.filter(({ types }) => type !== undefined && types.has(type));
    if (candidates.length === 0) return [fault(path, typeReason(one, to))];
    const tried = candidates.map((candidate) => this.as(one, candidate, path));
    return tried.find((found) => found.length === 0) ?? nearest(tried);
  }

  private valuesWithin(one: Alternative, to: readonly Alternative[], path: string): SchemaFault[] {
    const lost = (one.values ?? []).filter((value) => {
      const single: Alternative = { ...one, types: new Set([typeOf(value)]), values: [value] };
      return this.oneWithin(single, to, path).length > 0;
    });
    if (lost.length === 0) return [];
    const single: Alternative = { ...one, types: new Set([typeOf(lost[0])]), values: lost.slice(0, 1) };
    const isListed = to.some(({ values }) => values !== undefined);
    if (!isListed) return this.oneWithin(single, to, path);
    return [fault(path, `does not allow ${inList(lost)} any more`)];
  }

  private as(one: Alternative, other: Alternative, path: string): SchemaFault[] {
    this.steps += 1;
    if (this.steps > mostSteps) return [open(path, `the comparison takes more than ${mostSteps} steps`)];
    const [type] = one.types;
    return [
      ...valueFaults(one, other, path),
      ...this.negations(one, other, path),
      ...this.ofType(one, other, path, type),
      ...conditions(one, other, path),
    ];
  }

  private ofType(one: Alternative, other: Alternative, path: string, type?: TypeName): SchemaFault[] {
    switch (type) {
      case 'number':
        return numberFaults(one, other, path);
      case 'string':
        return stringFaults(one, other, path);
      case 'array':
        return [...this.itemFaults(one, other, path), ...this.containsFaults(one, other, path)];
      case 'object':
        return [...this.objectFaults(one, other, path), ...this.dependencyFaults(one, other, path)];
      default:
        return [];
    }
  }

  // objects

  private objectFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
    return [
      ...other.fields.flatMap((rules) => this.fieldFaults(one, rules, path)),
      ...requiredFaults(one, other, path),
      ...bounds(one, other, path, 'maxProperties', 'minProperties', (count) => counted(count, 'field')),
      ...this.nameFaults(one, other, path),
    ];
  }

  private fieldFaults(one: Alternative, read: FieldRules, path: string): SchemaFault[] {
    const names = new Set([
      ...read.properties.keys(),
      ...one.fields.flatMap(({ properties }) => [...properties.keys()]),
    ]);
    const patterns = new Set([
      ...read.patterns.keys(),
      ...one.fields.flatMap((rules) => [...rules.patterns.keys()]),
    ]);
    return [
      ...[...names].flatMap((name) => this.namedFaults(one, read, name, path)),
      ...[...patterns].flatMap((pattern) => this.patternFaults(one, read, pattern, path)),
      ...this.otherFaults(one, read, path),
    ];
  }

  private namedFaults(one: Alternative, read: FieldRules, name: string, path: string): SchemaFault[] {
    const written = one.fields.flatMap((rules) => rulesOf(rules, name));
    const place = `${path}.${name}`;
    return rulesOf(read, name).flatMap((schema) => {
      if (schema === true) return [];
      if (schema === false)
        return this.isImpossible(written) ? [] : [fault(place, 'is not allowed any more')];
      const found = this.between(written, schema, place);
      if (found.length === 0 || isSaid(one, name)) return found;
      const isSet = written.every((rule) => rule === true);
      return isSet ? [fault(place, 'is described now, and was allowed to be anything')] : found;
    });
  }

  private patternFaults(one: Alternative, read: FieldRules, pattern: string, path: string): SchemaFault[] {
    const written = one.fields.map((rules) => rules.patterns.get(pattern) ?? rules.others);
    return this.between(written, read.patterns.get(pattern) ?? read.others, `${path}[/${pattern}/]`);
  }

  private otherFaults(one: Alternative, read: FieldRules, path: string): SchemaFault[] {
    const written = one.fields.map(({ others }) => others);
    if (read.others === false)
      return this.isImpossible(written) ? [] : [fault(path, 'does not allow further fields any more')];
    return this.between(written, read.others, `${path}[*]`);
  }

  private isImpossible(written: Conjunction): boolean {
    return written.some((schema) => schema === false);
  }

  private nameFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
    const written = given(one, 'propertyNames');
    return given(other, 'propertyNames').flatMap((schema) =>
      this.between([{ type: 'string' }, ...written], schema, `the names of the fields of ${path}`),
    );
  }

  private dependencyFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
    return dependencies(other).flatMap(([name, wanted]) => {
      const written = dependencies(one).filter(([each]) => each === name);
      if (!Array.isArray(wanted))
        return this.between(
          written.map(([, schema]) => schema).filter((schema) => !Array.isArray(schema)),
          wanted,
          path,
        );
      const had = new Set([...requiredOf(one), ...written.flatMap(([, names]) => listed(names))]);
      const missing = wanted.filter((each) => !had.has(each));
      return missing.map((each) => fault(`${path}.${each}`, `is required now where there is "${name}"`));
    });
  }

  // arrays

  private itemFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
    const isUnique = given(one, 'uniqueItems').includes(true);
    const unique = given(other, 'uniqueItems').includes(true) && !isUnique;
    return [
      ...other.items.flatMap((rules) => this.itemsBy(one, rules, path)),
      ...bounds(one, other, path, 'maxItems', 'minItems', (count) => counted(count, 'item')),
      ...(unique ? [fault(path, 'must have no items that are the same, and could')] : []),
    ];
  }

  private itemsBy(one: Alternative, read: ItemRules, path: string): SchemaFault[] {
    const longest = Math.max(read.first.length, ...one.items.map(({ first }) => first.length));
    const most = least(numbers(one, 'maxItems')) ?? Number.POSITIVE_INFINITY;
    const found: SchemaFault[] = [];
    for (let index = 0; index < Math.min(longest, most); index += 1) {
      const written = one.items.map(({ first, others }) => first[index] ?? others);
      found.push(...this.itemBy(written, read.first[index] ?? read.others, `${path}[${index}]`));
    }
    if (most <= longest) return found;
    const written = one.items.map(({ others }) => others);
    return [...found, ...this.itemBy(written, read.others, `${path}[*]`)];
  }

  private itemBy(written: Conjunction, read: unknown, path: string): SchemaFault[] {
    if (read !== false) return this.between(written, read, path);
    return this.isImpossible(written) ? [] : [fault(path, 'is not allowed any more')];
  }

  private containsFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
    return other.keywords.flatMap((read) => {
      if (read.contains === undefined) return [];
      const isCovered = one.keywords.some(
        (written) =>
          written.contains !== undefined &&
          Number(written.minContains ?? 1) >= Number(read.minContains ?? 1) &&
          this.between([written.contains], read.contains, path).length === 0 &&
          (read.maxContains === undefined ||
            (Number(written.maxContains ?? Number.POSITIVE_INFINITY) <= Number(read.maxContains) &&
              sameValue(written.contains, read.contains))),
      );
      return isCovered ? [] : [fault(path, 'must contain items that it did not have to ("contains")')];
    });
  }

  // all types

  private negations(one: Alternative, other: Alternative, path: string): SchemaFault[] {
    return other.keywords.flatMap((read) => {
      if (read.not === undefined) return [];
      const isShown = given(one, 'not').some((not) => this.reversed(not, read.not, path).length === 0);
      if (isShown || this.isApart(one, read.not)) return [];
      return [fault(path, 'does not allow values any more that it did ("not")')];
    });
  }

  /** What the reader's `not` excludes is excluded by the writer's. */
  private reversed(written: unknown, read: unknown, path: string): SchemaFault[] {
    if (this.depth > mostNegations) throw new NotComparable('"not"s are too deep in one another');
    return new Comparison(this.writer, this.reader, this.depth + 1).between([read], written, path);
  }

  private isApart(one: Alternative, excluded: unknown): boolean {
    const excludedTypes = alternatives(excluded, this.reader).flatMap(({ types }) => [...types]);
    return [...one.types].every((type) => !excludedTypes.includes(type));
  }
}

function fault(path: string, reason: string): SchemaFault {
  return { path, reason, isOpen: false };
}

function open(path: string, reason: string): SchemaFault {
  return { path, reason, isOpen: true };
}

function distinct(faults: readonly SchemaFault[]): SchemaFault[] {
  return [...new Map(faults.map((one) => [`${one.path} ${one.reason}`, one])).values()];
}

/** Of several ways that do not hold, the one with the fewest faults; one that may hold goes before. */
function nearest(tried: readonly SchemaFault[][]): SchemaFault[] {
  const rank = (faults: readonly SchemaFault[]) => (faults.every(({ isOpen }) => isOpen) ? 0 : faults.length);
  return [...tried].sort((a, b) => rank(a) - rank(b))[0] ?? [];
}

function ofTypes(one: Alternative, names: readonly TypeName[]): Alternative {
  const values = one.values?.filter((value) => names.includes(typeOf(value)));
  return { ...one, types: new Set(names), values };
}

function typeReason(one: Alternative, to: readonly Alternative[]): string {
  const typesOf = (list: readonly Alternative[]) => {
    const names = list.flatMap(({ types, isInteger }) =>
      [...types].map((type) => (type === 'number' && isInteger ? 'integer' : type)),
    );
    return [...new Set(names)].join(' or ');
  };
  const wanted = typesOf(to);
  if (wanted === '') return 'is not allowed any more';
  return `must be ${wanted}, and could be ${typesOf([one])}`;
}

function inList(values: readonly unknown[]): string {
  return values.map((value) => renderValue(value)).join(', ');
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** All that schemas say under a keyword. */
function given(one: Alternative, keyword: string): unknown[] {
  return one.keywords.flatMap((schema) => (schema[keyword] === undefined ? [] : [schema[keyword]]));
}

function numbers(one: Alternative, keyword: string): number[] {
  return given(one, keyword).filter((value): value is number => typeof value === 'number');
}

function least(list: readonly number[]): number | undefined {
  return list.length === 0 ? undefined : Math.min(...list);
}

function greatest(list: readonly number[]): number | undefined {
  return list.length === 0 ? undefined : Math.max(...list);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function valueFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
  const { values: allowed } = other;
  if (allowed === undefined) return [];
  const has = (value: unknown) => allowed.some((each) => sameValue(value, each));
  const written = one.values ?? finite(one);
  if (written === undefined) return [fault(path, `must be one of ${inList(allowed)}, and could be others`)];
  const lost = written.filter((value) => !has(value));
  return lost.length === 0 ? [] : [fault(path, `does not allow ${inList(lost)} any more`)];
}

/** All values of a type that has few. */
function finite({ types }: Alternative): unknown[] | undefined {
  const [type] = types;
  return type === 'boolean' ? [true, false] : type === 'null' ? [null] : undefined;
}

function bounds(
  one: Alternative,
  other: Alternative,
  path: string,
  upper: string,
  lower: string,
  inWords: (count: number) => string,
): SchemaFault[] {
  const [most, had] = [least(numbers(other, upper)), least(numbers(one, upper))];
  const [fewest, hadFewest] = [greatest(numbers(other, lower)), greatest(numbers(one, lower))];
  const was = (count: number | undefined) => (count === undefined ? 'any number' : inWords(count));
  return [
    ...(most !== undefined && (had === undefined || had > most)
      ? [fault(path, `may have at most ${inWords(most)}, and could have ${was(had)}`)]
      : []),
    ...(fewest !== undefined && fewest > 0 && (hadFewest ?? 0) < fewest
      ? [fault(path, `must have at least ${inWords(fewest)}, and could have ${inWords(hadFewest ?? 0)}`)]
      : []),
  ];
}

function stringFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
  const values = one.values as readonly string[] | undefined;
  if (values !== undefined) return values.flatMap((value) => textFaults(value, other, path));
  const had = given(one, 'pattern');
  return [
    ...bounds(one, other, path, 'maxLength', 'minLength', (count) => counted(count, 'character')),
    ...given(other, 'pattern')
      .filter((pattern) => !had.includes(pattern))
      .map((pattern) => fault(path, `must match /${pattern}/, and did not have to`)),
  ];
}

function textFaults(value: string, other: Alternative, path: string): SchemaFault[] {
  const length = [...value].length;
  const fits =
    length <= (least(numbers(other, 'maxLength')) ?? length) &&
    length >= (greatest(numbers(other, 'minLength')) ?? 0) &&
    given(other, 'pattern').every((pattern) => matches(String(pattern), value));
  return fits ? [] : [fault(path, `does not allow ${renderValue(value)} any more`)];
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    throw new NotComparable(`/${pattern}/ is no pattern that is known here`);
  }
}

function numberFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
  const values = one.values as readonly number[] | undefined;
  if (values !== undefined) return values.flatMap((value) => numberValueFaults(value, other, path));
  return [
    ...limitFaults(upperLimit(one), upperLimit(other), path, 'at most', 'less than'),
    ...limitFaults(lowerLimit(one), lowerLimit(other), path, 'at least', 'more than'),
    ...wholeFaults(one, other, path),
  ];
}

function numberValueFaults(value: number, other: Alternative, path: string): SchemaFault[] {
  const single = { value, isOut: false };
  const steps = numbers(other, 'multipleOf');
  const fits =
    !isBeyond({ ...single, sign: 1 }, upperLimit(other)) &&
    !isBeyond({ ...single, value: -value, sign: -1 }, lowerLimit(other)) &&
    (!other.isInteger || Number.isInteger(value)) &&
    steps.every((step) => isMultiple(value, step));
  return fits ? [] : [fault(path, `does not allow ${renderValue(value)} any more`)];
}

interface Limit {
  /** Of a lower limit the negative, so that the smaller is the stricter always. */
  readonly value: number;
  readonly isOut: boolean;
  readonly sign: 1 | -1;
}

function upperLimit(one: Alternative): Limit | undefined {
  return strictest(one.keywords, 'maximum', 'exclusiveMaximum', 1);
}

function lowerLimit(one: Alternative): Limit | undefined {
  return strictest(one.keywords, 'minimum', 'exclusiveMinimum', -1);
}

/** In drafts up to 4, `exclusiveMaximum: true` says that `maximum` is out. */
function strictest(keywords: readonly Keywords[], bound: string, excluded: string, sign: 1 | -1) {
  const limits = keywords.flatMap((schema): Limit[] => {
    const { [bound]: limit, [excluded]: out } = schema;
    return [
      ...(typeof limit === 'number' ? [{ value: limit * sign, isOut: out === true, sign }] : []),
      ...(typeof out === 'number' ? [{ value: out * sign, isOut: true, sign }] : []),
    ];
  });
  return limits.sort((a, b) => a.value - b.value || Number(b.isOut) - Number(a.isOut))[0];
}

function isBeyond(had: Limit | undefined, limit: Limit | undefined): boolean {
  if (limit === undefined) return false;
  if (had === undefined || had.value > limit.value) return true;
  return had.value === limit.value && limit.isOut && !had.isOut;
}

function limitFaults(
  had: Limit | undefined,
  limit: Limit | undefined,
  path: string,
  within: string,
  out: string,
): SchemaFault[] {
  if (limit === undefined || !isBeyond(had, limit)) return [];
  const inWords = ({ value, isOut, sign }: Limit) => `${isOut ? out : within} ${value * sign}`;
  const was = had === undefined ? 'could be any number' : `was to be ${inWords(had)}`;
  return [fault(path, `must be ${inWords(limit)}, and ${was}`)];
}

function wholeFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
  const had = numbers(one, 'multipleOf');
  const isWhole = one.isInteger || had.some((step) => isMultiple(step, 1));
  const steps = one.isInteger ? [...had, 1] : had;
  const whole = other.isInteger && !isWhole ? [fault(path, 'must be integer, and could be number')] : [];
  const strayed = numbers(other, 'multipleOf').filter((step) => !steps.some((one) => isMultiple(one, step)));
  return [
    ...whole,
    ...strayed.map((step) => fault(path, `must be a multiple of ${step}, and did not have to`)),
  ];
}

/** By decimal digits: 0.3 is a multiple of 0.1. */
function isMultiple(value: number, step: number): boolean {
  if (step === 0) return false;
  const digits = Math.max(decimals(value), decimals(step));
  if (digits > 15) return value % step === 0;
  const factor = 10 ** digits;
  return Math.round(value * factor) % Math.round(step * factor) === 0;
}

function decimals(value: number): number {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent));
}

function rulesOf({ properties, patterns, others }: FieldRules, name: string): unknown[] {
  const matching = [...patterns].flatMap(([pattern, schema]) => (matches(pattern, name) ? [schema] : []));
  const own = properties.has(name) ? [properties.get(name)] : [];
  return own.length + matching.length === 0 ? [others] : [...own, ...matching];
}

/** Whether a schema speaks of a field by name. */
function isSaid(one: Alternative, name: string): boolean {
  return one.fields.some(({ properties }) => properties.has(name));
}

function requiredOf(one: Alternative): Set<unknown> {
  return new Set(given(one, 'required').flatMap(listed));
}

/** A field with a default may become required: readers fill it in. */
function requiredFaults(one: Alternative, other: Alternative, path: string): SchemaFault[] {
  const had = requiredOf(one);
  return [...requiredOf(other)]
    .filter((name) => !had.has(name) && !hasDefault(other, String(name)))
    .map((name) => fault(`${path}.${name}`, 'is required now, and was not'));
}

function hasDefault(one: Alternative, name: string): boolean {
  return one.fields.some(({ properties }) => {
    const schema = properties.get(name);
    return isFields(schema) && schema.default !== undefined;
  });
}

/** What must be there, or hold, where there is a field of a name: `dependentRequired`, `dependentSchemas`, the older `dependencies`. */
function dependencies(one: Alternative): [string, unknown][] {
  return ['dependentRequired', 'dependentSchemas', 'dependencies'].flatMap((keyword) =>
    given(one, keyword).flatMap((value) => (isFields(value) ? Object.entries(value) : [])),
  );
}

/** Whether a value falls under `then` or `else` cannot be seen from schemas: conditions are compared as they stand. */
function conditions(one: Alternative, other: Alternative, path: string): SchemaFault[] {
  const conditionOf = ({ if: when, then, else: otherwise }: Keywords) => ({ when, then, otherwise });
  const had = one.keywords.filter((schema) => schema.if !== undefined).map(conditionOf);
  return other.keywords
    .filter(({ if: when, then, else: otherwise }) => when !== undefined && (then ?? otherwise) !== undefined)
    .filter((schema) => !had.some((each) => sameValue(withoutGaps(each), withoutGaps(conditionOf(schema)))))
    .map(() => open(path, 'its "if" is not the same in both'));
}

function withoutGaps(condition: object): unknown {
  return Object.fromEntries(Object.entries(condition).filter(([, part]) => part !== undefined));
}
