import type { FormatterPlugin, FormatterPluginContext } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import { maskFor } from '../support/errors';
import { systemClock } from '../support/time';
import { messageMasker } from './masked-messages';
import type { ProgressOptions } from './progress-formatter';

/** As the runner's own `message` formatter: every message on a line of its own, secrets masked. */
export const messagesFormatter: FormatterPlugin<ProgressOptions> = {
  type: 'formatter',
  optionsKey: 'brine',
  formatter: ({ on, write, options }: FormatterPluginContext<ProgressOptions>): void => {
    const masked = messageMasker(maskFor(options?.secrets ?? []));
    const lines = new Lines(write);
    on('message', (envelope) => {
      lines.add(JSON.stringify(masked(envelope)));
      if (isMilestone(envelope)) lines.flush();
    });
  },
};

/**
 * Who looks at the file of a run that was killed is to find how far it had come: a serial run's own steps can keep its
 * thread from everything else.
 */
function isMilestone({ testCaseStarted, testRunFinished }: Envelope): boolean {
  const isSerial = testCaseStarted !== undefined && testCaseStarted.workerId === undefined;
  return isSerial || testRunFinished !== undefined;
}

/** How long a line waits for others at most. */
const patienceMs = 100;
/** Characters. */
const mostWaiting = 65_536;

/** Lines that are written together: each write is a call of the system, and a scenario has twenty messages. */
class Lines {
  private waiting: string[] = [];
  private length = 0;
  private pause: AbortController | undefined;

  constructor(private readonly write: (text: string) => unknown) {}

  add(line: string): void {
    this.waiting.push(line, '\n');
    this.length += line.length;
    if (this.length > mostWaiting) this.flush();
    else this.flushLater();
  }

  flush(): void {
    this.pause?.abort();
    this.pause = undefined;
    if (this.waiting.length > 0) this.write(this.waiting.join(''));
    this.waiting = [];
    this.length = 0;
  }

  private flushLater(): void {
    if (this.pause !== undefined) return;
    const pause = new AbortController();
    this.pause = pause;
    void systemClock.pause(patienceMs, pause.signal).then(() => {
      if (!pause.signal.aborted) this.flush();
    });
  }
}

// biome-ignore lint/style/noDefaultExport: the runner takes a formatter from its module's default export
export default messagesFormatter;
