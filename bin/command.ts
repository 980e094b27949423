import type { ParseArgsConfig } from 'node:util';

/** Values of a command's own options, as `parseArgs` gives them. */
export type OptionValues = Readonly<Record<string, string | boolean | Array<string | boolean> | undefined>>;

/** What a command was called with. */
export interface Call {
  readonly words: readonly string[];
  /** The cucumber profile, the default one unless given. */
  readonly profile: string | undefined;
  readonly directory: string;
  /** Of the options that the command has besides those that all have. */
  readonly values: OptionValues;
}

/** A command of the command line, one file each. */
export interface Command {
  readonly name: string;
  /** How it is called, as the usage shows it. */
  readonly usage: string;
  readonly summary: string;
  /** Its own options. */
  readonly options?: NonNullable<ParseArgsConfig['options']>;
  /** What the usage says of its own options, one line each. */
  readonly optionLines?: readonly string[];
  /**
   * Prints what it has to say. @returns the exit code
   * @throws WrongCallError when the call makes no sense
   */
  run(call: Call, print: (text: string) => void): Promise<number>;
}

/** The command was called in a way that makes no sense: the message is followed by the usage. */
export class WrongCallError extends Error {
  override readonly name = 'WrongCallError';
}
