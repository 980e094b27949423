import { parseArgs } from 'node:util';
import { merge, mergeOptions, refused, script, wrongCall } from './merge-call';

/** `npm run report`: see {@link merge}. */
async function main(args: readonly string[]): Promise<number> {
  const parsed = parse(args);
  return parsed instanceof Error ? refused(script, parsed) : merge(script, parsed.positionals, parsed.values);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options: mergeOptions });
  } catch (error) {
    return wrongCall(error);
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
