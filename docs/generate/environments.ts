import { readFileSync } from 'node:fs';
import type { Facts, Measurements } from '../../test/conformance/facts';
import { code, pageWith, pathOfPage, table } from './page';
import { reasonOf } from './why-providers-differ';

const titles: Readonly<Record<string, string>> = { postgres: 'PostgreSQL', redis: 'Redis', kafka: 'Kafka' };
const providers = ['container', 'embedded', 'external'];
const notMeasured = 'not measured';

interface Columns {
  readonly [provider: string]: Facts;
}

/** What the conformance runs have found so far; see `npm run docs:environments`. */
export function readMeasurements(): Measurements {
  return JSON.parse(readFileSync(pathOfPage('environments.json'), 'utf8'));
}

/** docs/environments.md, with the tables of what differs between the providers. */
export function environmentsPage(measurements: Measurements = readMeasurements()): string {
  const sections = Object.entries(titles).map(([service, title]) =>
    section(service, title, measurements[service] ?? {}),
  );
  return pageWith('environments.md', sections.join('\n\n'));
}

/** The rows of a service's table, with what each provider was seen to do. */
export function rowsOf(columns: Columns) {
  const names = [...new Set(Object.values(columns).flatMap((facts) => Object.keys(facts)))];
  const cells = (name: string) => providers.map((provider) => columns[provider]?.[name] ?? notMeasured);
  const differs = (name: string) => {
    const seen = cells(name).filter((cell) => cell !== notMeasured);
    return name === 'version' || new Set(seen).size > 1;
  };
  return names.map((name) => ({ name, cells: cells(name), differs: differs(name) }));
}

function section(service: string, title: string, columns: Columns): string {
  const head = ['', ...providers.map(code), 'why'];
  const measured = rowsOf(columns);
  const rows = measured
    .filter(({ differs }) => differs)
    .map(({ name, cells }) => [name, ...cells, reasonOf(service, name)].map(escaped));
  const alike = measured
    .filter(({ differs }) => !differs)
    .map(({ name }) => `- ${name}: ${sameValue(columns, name)}`);
  return `### ${title}\n\n${table(head, rows)}\n\nThe same wherever it was measured:\n\n${alike.join('\n')}`;
}

function sameValue(columns: Columns, name: string): string {
  const [facts] = Object.values(columns).filter((candidate) => candidate[name] !== undefined);
  return facts?.[name] ?? '';
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
