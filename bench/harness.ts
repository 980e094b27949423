/** What the benchmarks share: samples, medians, tables of text. */

/** Measured values of one thing, in milliseconds. */
export class Samples {
  private readonly values: number[] = [];

  constructor(readonly name: string) {}

  add(ms: number): void {
    this.values.push(ms);
  }

  /** Runs the task, notes what it took, and gives what it gave. */
  async time<T>(task: () => Promise<T>): Promise<T> {
    const begin = performance.now();
    const result = await task();
    this.add(performance.now() - begin);
    return result;
  }

  get count(): number {
    return this.values.length;
  }

  get median(): number {
    return this.quantile(0.5);
  }

  /** @param share 0 for the least, 1 for the greatest */
  quantile(share: number): number {
    const sorted = [...this.values].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  }
}

/** Rows under a heading, in columns as wide as they must be; numbers should be text already, and go to the right. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const isNumber = (text: string) => /^[-\d.,]+( x| ms| %)?$/.test(text);
  const line = (row: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = row[column] ?? '';
        return isNumber(cell) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

/** `0.123`, `12.3`, `123`: three digits that mean something. */
export function digits(value: number): string {
  return value.toFixed(Math.max(0, Math.min(3, 2 - Math.floor(Math.log10(Math.max(value, 1e-3))))));
}

export function print(text: string): void {
  process.stdout.write(text);
}

/** Runs a benchmark; its error is the last that is printed. */
export function main(bench: () => Promise<void>): void {
  bench().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exitCode = 1;
  });
}
