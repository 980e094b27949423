import type { FormatterPlugin, FormatterPluginContext } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import { maskFor, messageOf } from '../support/errors';
import { paintFor } from './paint';
import { type RunEvent, RunRecord } from './run-record';
import { attemptLines, runHookLines, type TextContext } from './scenario-text';
import { RunSummary } from './summary-text';

/** `formatOptions.brine` of the runner's configuration. */
export interface ProgressOptions {
  /** The path of the HTML report that this run will leave, to point to; none by default. */
  readonly report?: string;
  /** Values that must not be printed. */
  readonly secrets?: readonly string[];
}

/**
 * The progress formatter: a line for each scenario as it ends, its failure at once below it, and at the end what
 * did not pass, with advice. Takes any sequence of messages; one that it cannot show becomes a line, not an error.
 */
export const progressFormatter: FormatterPlugin<ProgressOptions> = {
  type: 'formatter',
  optionsKey: 'brine',
  formatter: ({ on, write, stream, options }: FormatterPluginContext<ProgressOptions>): void => {
    const context = { paint: paintFor(stream), directory: process.cwd(), report: options?.report ?? '' };
    const show = messageLines(context);
    const mask = maskFor(options?.secrets ?? []);
    on('message', (envelope) => {
      const lines = show(envelope);
      if (lines.length > 0) write(`${mask(lines.join('\n'))}\n`);
    });
  },
};

/** What to print for each message, in turn. The function it gives never throws. */
export function messageLines(context: TextContext): (envelope: Envelope) => string[] {
  const record = new RunRecord();
  const summary = new RunSummary();
  return (envelope) => {
    try {
      const event = record.accept(envelope);
      return event === undefined ? [] : eventLines(event, record, summary, context);
    } catch (error) {
      return [`(a message of the runner could not be shown: ${messageOf(error)})`];
    }
  };
}

function eventLines(event: RunEvent, record: RunRecord, summary: RunSummary, context: TextContext): string[] {
  switch (event.kind) {
    case 'attempt':
      summary.addAttempt(event.attempt);
      return attemptLines(event.attempt, context);
    case 'hook':
      summary.addRunHook(event.hook);
      return runHookLines(event.hook, context);
    case 'end':
      return summary.lines(event.end, record.known(), context);
  }
}

// biome-ignore lint/style/noDefaultExport: the runner takes a formatter from its module's default export
export default progressFormatter;
