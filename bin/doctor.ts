import { type Detail, examine, type Finding, type Severity } from '../support/environment/preflight';
import { maskFor } from '../support/errors';
import { allowNegativeTimeoutsOf } from '../support/time';
import type { Call, Command } from './command';
import { loadProject } from './project';

const marks: Readonly<Record<Severity, string>> = { good: '✓', warning: '!', problem: '✗' };

/** Says whether a run could start, and if not, why. */
export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor [--profile <name>]',
  summary: 'look at everything that a run needs, and start nothing',
  async run(call: Call, print) {
    allowNegativeTimeoutsOf('kafkajs');
    const { configuration, lanes } = await loadProject(call);
    const plan = { configuration, lanes, projectDirectory: call.directory, environment: process.env };
    const findings = await examine(plan);
    const mask = maskFor(configuration.secrets);
    print(mask(report(findings)));
    return findings.some(({ severity }) => severity === 'problem') ? 1 : 0;
  },
};

function report(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  const lines = findings.flatMap((finding) => [
    `${marks[finding.severity]} ${finding.subject.padEnd(width)}  ${indented(finding.text, width + 4)}`,
    ...(finding.details ?? []).map((detail) => lineOf(detail, width)),
  ]);
  return [...lines, '', ...verdict(findings), ''].join('\n');
}

function lineOf({ name, available, text }: Detail, width: number): string {
  const mark = available === undefined ? '-' : marks[available ? 'good' : 'problem'];
  return `${' '.repeat(width + 4)}${mark} ${name.padEnd(9)}  ${indented(text, width + 17)}`;
}

function indented(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}

/** One command: that of the first problem, for others often come of it. */
function verdict(findings: readonly Finding[]): string[] {
  const problems = findings.filter(({ severity }) => severity === 'problem');
  const [first] = [...problems, ...findings.filter(({ severity }) => severity === 'warning')];
  const count = problems.length === 1 ? 'of one problem' : `of ${problems.length} problems`;
  const verdictLine = problems.length === 0 ? 'A run can start.' : `A run cannot start because ${count}.`;
  return first?.command === undefined ? [verdictLine] : [verdictLine, `Try:  ${first.command}`];
}
