import { type IResolvedConfiguration, loadConfiguration } from '@cucumber/cucumber/api';
import { type ResolvedConfiguration, resolveConfiguration } from '../support/config';
import { assertTagExpressions } from '../support/environment/needs';
import { assertTemplates } from '../support/environment/template-names';
import type { Call } from './command';

/** A project as its cucumber profile describes it. */
export interface Project {
  readonly cucumber: IResolvedConfiguration;
  readonly configuration: ResolvedConfiguration;
  readonly lanes: number;
}

/**
 * Reads the profile that the runner would use, and checks its configuration as a start does.
 * @throws BrineError for the configuration, Error for the profile
 */
export async function loadProject({ directory, profile }: Call): Promise<Project> {
  const cucumber = await loadConfiguration(profile === undefined ? {} : { profiles: [profile] }, {
    cwd: directory,
  });
  const { pluginOptions, parallel } = cucumber.useConfiguration;
  const options: unknown = pluginOptions?.brine;
  if (options === undefined) {
    throw new Error(
      `the ${profile ?? 'default'} profile of ${directory} is not made with brine({...}): see the README, "Install"`,
    );
  }
  const configuration = resolveConfiguration(options, process.env);
  assertTemplates(configuration);
  assertTagExpressions(configuration);
  return { cucumber, configuration, lanes: Math.max(1, parallel ?? configuration.parallel) };
}
