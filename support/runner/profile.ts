import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Configuration, resolveConfiguration } from '../config';

/** The part of a cucumber profile that Brine fills. */
export interface CucumberProfile {
  readonly plugin: string[];
  readonly pluginOptions: { readonly brine: Configuration };
  readonly requireModule: string[];
  readonly require: string[];
  readonly format: Array<[string, string?]>;
  readonly formatOptions: {
    readonly snippetSyntax: string;
    readonly brine: { readonly report: string; readonly secrets: readonly string[] };
  };
  readonly parallel: number;
}

const packageDirectory = join(__dirname, '..', '..');

/**
 * A cucumber profile: the plugin that starts the environment, the world, the step libraries (Brine's, then the
 * project's own) and the reports.
 * Spread it to add what is your own: `{ ...brine({...}), paths: [...] }`. The configuration is checked when the
 * run starts, so that a fault in a profile that is not used harms nobody.
 * @param configuration see docs/configuration.md
 */
export function brine(configuration: Configuration = {}): CucumberProfile {
  const { parallel, directory, steps, secrets } = whatTheProfileNeeds(configuration);
  return {
    plugin: [pathToFileURL(join(__dirname, 'plugin.js')).href],
    pluginOptions: { brine: configuration },
    requireModule: [join(packageDirectory, 'support/typescript/register.js')],
    require: [inPackage('world/hooks.ts'), inPackage('step-definitions/*.steps.ts'), ...steps],
    format: [
      [formatter('formatter.js')],
      ['json', `${directory}/cucumber.json`],
      [formatter('messages.js'), `${directory}/messages.ndjson`],
      ['junit', `${directory}/junit.xml`],
    ],
    formatOptions: {
      snippetSyntax: formatter('snippets.js'),
      brine: { report: `${directory}/html/index.html`, secrets },
    },
    parallel,
  };
}

function formatter(file: string): string {
  return pathToFileURL(join(packageDirectory, 'reports', file)).href;
}

/** Paths to load are globs relative to the working directory, where cucumber looks for them. */
function inPackage(glob: string): string {
  return join(relative(process.cwd(), packageDirectory), glob);
}

function whatTheProfileNeeds(configuration: Configuration) {
  try {
    const { parallel, reports, steps, secrets } = resolveConfiguration(configuration, process.env);
    return { parallel, directory: reports.directory, steps, secrets };
  } catch {
    return { parallel: 0, directory: 'reports/out', steps: [], secrets: [] }; // the plugin says what is wrong
  }
}
