import { didYouMean } from '../errors';
import { formatPath, renderValue } from '../matching';
import type { ValueFault } from './codec';

/** Where in a value one is, and what was found there that does not fit. */
export class Place {
  private constructor(
    readonly found: ValueFault[],
    private readonly segments: readonly (string | number)[],
  ) {}

  static root(): Place {
    return new Place([], []);
  }

  at(segment: string | number): Place {
    return new Place(this.found, [...this.segments, segment]);
  }

  /** The same place, for an attempt whose faults do not count yet. */
  attempt(): Place {
    return new Place([], this.segments);
  }

  /** Notes that what stands here does not fit; gives nothing, as there is nothing to encode. */
  fault(reason: string, actual?: unknown): undefined {
    this.found.push({ path: formatPath(this.segments), reason, actual });
  }

  /** A field that the schema does not have. */
  unknownField(name: string, owner: string, known: readonly string[]): void {
    const suggestion = didYouMean(name, known).trimEnd();
    this.at(name).fault(`is no field of ${owner}${suggestion === '' ? '' : ` (${suggestion})`}`);
  }
}

/** `$.total is no number, but is "many"`, for messages. */
export function faultInWords({ path, reason, actual }: ValueFault): string {
  return actual === undefined ? `${path} ${reason}` : `${path} ${reason}, but is ${renderValue(actual)}`;
}
