/** What a command was called with. */
export interface Call {
  readonly words: readonly string[];
  /** The cucumber profile, the default one unless given. */
  readonly profile: string | undefined;
  readonly directory: string;
}

/** A command of the command line, one file each. */
export interface Command {
  readonly name: string;
  /** How it is called, as the usage shows it. */
  readonly usage: string;
  readonly summary: string;
  /** Prints what it has to say. @returns the exit code */
  run(call: Call, print: (text: string) => void): Promise<number>;
}
