import type { FormatterPlugin, FormatterPluginContext } from '@cucumber/cucumber/api';
import { maskFor } from '../support/errors';
import { messageMasker } from './masked-messages';
import type { ProgressOptions } from './progress-formatter';

/** As the runner's own `message` formatter: every message on a line of its own, secrets masked. */
export const messagesFormatter: FormatterPlugin<ProgressOptions> = {
  type: 'formatter',
  optionsKey: 'brine',
  formatter: ({ on, write, options }: FormatterPluginContext<ProgressOptions>): void => {
    const masked = messageMasker(maskFor(options?.secrets ?? []));
    on('message', (envelope) => write(`${JSON.stringify(masked(envelope))}\n`));
  },
};

// biome-ignore lint/style/noDefaultExport: the runner takes a formatter from its module's default export
export default messagesFormatter;
