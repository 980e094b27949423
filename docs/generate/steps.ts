import type { StepEntry, StepKind } from '../../step-definitions/catalogue';
import { code, pageWith } from './page';
import { loadStepLibrary } from './step-library';

const families: Readonly<Record<string, string>> = {
  'http-requests.steps.ts': 'HTTP requests',
  'http-responses.steps.ts': 'HTTP responses',
  'http-items.steps.ts': 'Items of arrays',
  'http-pages.steps.ts': 'HTTP, page by page',
  'http-concurrent.steps.ts': 'HTTP, at once',
  'contracts.steps.ts': 'Contracts',
  'load.steps.ts': 'Load',
  'database.steps.ts': 'Database',
  'database-comparison.steps.ts': 'Databases, compared',
  'factories.steps.ts': 'Factories',
  'events-published.steps.ts': 'Events, published',
  'events.steps.ts': 'Events',
  'event-schemas.steps.ts': 'Schemas of events',
  'cache.steps.ts': 'Cache',
  'cache-channels.steps.ts': 'Channels of the cache',
  'consistency.steps.ts': 'Consistency',
  'stubs.steps.ts': 'Outside services',
  'variables.steps.ts': 'Variables',
  'time.steps.ts': 'Time',
};

const kinds: Readonly<Record<StepKind, string>> = { setup: 'Given', action: 'When', assertion: 'Then' };

/** docs/steps.md, made from the step catalogue. */
export async function stepsPage(): Promise<string> {
  const { catalogue } = await loadStepLibrary();
  const untitled = catalogue.all().find(({ file }) => !Object.hasOwn(families, file));
  if (untitled !== undefined) throw new Error(`docs/generate/steps.ts gives ${untitled.file} no title`);
  const sections = Object.entries(families).map(([file, title]) =>
    family(
      title,
      catalogue.all().filter((step) => step.file === file),
    ),
  );
  return pageWith('steps.md', sections.join('\n\n'));
}

function family(title: string, steps: readonly StepEntry[]): string {
  const parts = Object.entries(kinds).map(([kind, keyword]) => {
    const ofKind = steps.filter((step) => step.kind === kind);
    return ofKind.length === 0 ? '' : `### ${title}: ${keyword}\n\n${ofKind.map(entry).join('\n\n')}`;
  });
  return [`## ${title}`, ...parts.filter((part) => part !== '')].join('\n\n');
}

function entry({ phrase, doc, examples }: StepEntry): string {
  return `**${code(phrase)}**\n\n${doc}\n\n\`\`\`gherkin\n${examples.join('\n')}\n\`\`\``;
}
