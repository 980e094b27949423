/** With a `problem` no run can start; a `warning` makes it slower, or may end it later. */
export type Severity = 'good' | 'warning' | 'problem';

/** Something that was looked at before a start. */
export interface Finding {
  /** What was looked at, as users call it: `node`, `orders`. */
  readonly subject: string;
  readonly severity: Severity;
  readonly text: string;
  /** Further lines: what was tried, and what came of it. */
  readonly details?: readonly Detail[];
  /** A command line that is likely to help; present when something is wrong. */
  readonly command?: string;
}

/** One thing that could be had; `available` is undefined when it was not tried. */
export interface Detail {
  readonly name: string;
  readonly available: boolean | undefined;
  readonly text: string;
}

export function good(subject: string, text: string): Finding {
  return { subject, severity: 'good', text };
}

export function problem(subject: string, text: string, command: string): Finding {
  return { subject, severity: 'problem', text, command };
}

export function warning(subject: string, text: string, command: string): Finding {
  return { subject, severity: 'warning', text, command };
}
