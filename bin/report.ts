import { merge, mergeOptionLines, mergeOptions } from '../reports/merge-call';
import type { Call, Command, OptionValues } from './command';

/** Merges the reports of shards into one. */
export const report: Command = {
  name: 'report',
  usage: 'report <messages.ndjson> [...]',
  summary: 'merge the reports of shards into one',
  options: mergeOptions,
  optionLines: mergeOptionLines,
  run({ words, values }: Call) {
    const { out, title, shards } = values;
    return merge('npx brine report', words, { out: text(out), title: text(title), shards: text(shards) });
  },
};

function text(value: OptionValues[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
