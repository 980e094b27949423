import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import packageJson from '../../package.json';
import { configurationSchema, environmentName, leaves } from '../../support/config';

const folder = resolve(__dirname, '../../docs/recipes');
const names = readdirSync(folder);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** What is read of the recipes. */
interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly jobs: {
    readonly shard: {
      readonly strategy: {
        readonly 'fail-fast': boolean;
        readonly matrix: { readonly shard: readonly number[] };
      };
      readonly steps: readonly Step[];
    };
    readonly report: { readonly needs: string; readonly steps: readonly Step[] };
  };
}
interface Container {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly args: readonly string[];
  readonly env?: ReadonlyArray<{ readonly name: string; readonly value?: string }>;
  readonly volumeMounts: ReadonlyArray<{ readonly name: string }>;
  readonly resources: { readonly requests: object; readonly limits: object };
}
interface Job {
  readonly kind: string;
  readonly spec: {
    readonly completionMode?: string;
    readonly completions?: number;
    readonly template: {
      readonly spec: {
        readonly restartPolicy: string;
        readonly initContainers?: readonly Container[];
        readonly containers: readonly [Container];
        readonly volumes: ReadonlyArray<{ readonly name: string }>;
      };
    };
  };
}

/** The documents of a text; fails with the parser's words, which name line and column. */
function yamlIn(text: string, from: string): unknown[] {
  const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true });
  assert.ok(Array.isArray(documents) && documents.length > 0, `${from} is empty`);
  return documents.map((document) => {
    const faults = [...document.errors, ...document.warnings].map(({ message }) => message);
    assert.deepEqual(faults, [], from);
    return document.toJS();
  });
}

/** One YAML document, taken for what the test below makes sure that it is. */
function only<T>(name: string): T {
  const documents = yamlIn(read(name), name);
  assert.equal(documents.length, 1, name);
  return documents[0] as T;
}

describe('every recipe', () => {
  it('is valid YAML, in files and in pages', () => {
    const files = names.filter((name) => /\.ya?ml$/.test(name));
    assert.ok(files.length >= 2);
    for (const name of files) yamlIn(read(name), name);
    for (const name of names.filter((page) => page.endsWith('.md'))) {
      for (const [, block = ''] of read(name).matchAll(/```yaml\n([\s\S]*?)```/g)) yamlIn(block, name);
    }
  });

  it('runs scripts that package.json has', () => {
    for (const name of names) {
      for (const [, script = ''] of read(name).matchAll(/npm run ([\w:-]+)/g)) {
        assert.ok(script in packageJson.scripts, `${name} runs ${script}`);
      }
    }
  });

  it("sets variables that Brine's configuration has", () => {
    const known = new Set(leaves(configurationSchema, {}).map(({ path }) => environmentName(path)));
    for (const name of names) {
      for (const [variable] of read(name).matchAll(/\bBRINE_[A-Z_]+\b/g)) {
        assert.ok(known.has(variable), `${name} sets ${variable}`);
      }
    }
  });

  it('links to files that are there', () => {
    for (const name of names) {
      for (const [, target = ''] of read(name).matchAll(/\]\(([\w./-]+)\)/g)) {
        assert.ok(names.includes(target), `${name} links to ${target}`);
      }
    }
  });
});

describe('ci-matrix.yml', () => {
  const { shard, report } = only<Workflow>('ci-matrix.yml').jobs;
  const { matrix } = shard.strategy;
  const runOf = (steps: readonly Step[], script: string) =>
    steps.flatMap(({ run }) => (run?.startsWith(`npm run ${script} `) ? run : []));
  const withOf = (steps: readonly Step[], action: string) =>
    steps.find(({ uses }) => uses?.startsWith(`actions/${action}@`))?.with ?? {};

  it('runs as many shards as it has numbers, from 1, and expects as many reports', () => {
    const total = matrix.shard.length;
    assert.deepEqual(
      matrix.shard,
      Array.from({ length: total }, (_, index) => index + 1),
    );
    const shardOption = `--shard \${{ matrix.shard }}/${total}`;
    assert.deepEqual(runOf(shard.steps, 'acceptance'), [`npm run acceptance -- ${shardOption}`]);
    assert.match(runOf(report.steps, 'report')[0]!, new RegExp(`--shards ${total} `));
  });

  it('lets every shard end, and keeps the report of one that failed', () => {
    assert.equal(shard.strategy['fail-fast'], false);
    const upload = shard.steps.at(-1)!;
    assert.match(upload.uses!, /^actions\/upload-artifact@/);
    assert.equal(upload.if, '${{ !cancelled() }}');
    assert.equal(report.needs, 'shard');
  });

  it('merges what the shards uploaded, and uploads what the merge wrote', () => {
    const { pattern, path } = withOf(report.steps, 'download-artifact');
    assert.equal(withOf(shard.steps, 'upload-artifact').name, pattern!.replace('*', '${{ matrix.shard }}'));
    const [merge] = runOf(report.steps, 'report');
    assert.ok(merge!.includes(`"${path}/${pattern}/messages.ndjson"`), merge);
    assert.ok(merge!.includes(`--out ${withOf(report.steps, 'upload-artifact').path} `), merge);
  });
});

for (const name of ['kubernetes-job.yaml', 'kubernetes-dind.yaml']) {
  describe(name, () => {
    const { kind, spec } = only<Job>(name);
    const pod = spec.template.spec;
    const [container] = pod.containers;
    const env = new Map(container.env?.map((variable) => [variable.name, variable.value]));

    it('is an Indexed Job with a shard for each index, counted from 1', () => {
      assert.equal(kind, 'Job');
      assert.equal(spec.completionMode, 'Indexed');
      assert.equal(env.get('SHARDS'), String(spec.completions));
      const indexes = Array.from({ length: spec.completions ?? 0 }, (_, index) => index);
      assert.deepEqual(
        indexes.map((index) =>
          whatRuns(container, { JOB_COMPLETION_INDEX: String(index), RUN: 'acceptance-x' }),
        ),
        indexes.map((index) => ({
          npm: `run acceptance -- --shard ${index + 1}/${spec.completions}`,
          reports: `/reports/acceptance-x/shard-${index + 1}`,
        })),
      );
    });

    it('takes containers from the engine that DOCKER_HOST names', () => {
      assert.match(env.get('DOCKER_HOST')!, /^tcp:\/\/[\w.-]+:\d+$/);
      assert.equal(env.get('BRINE_PROVIDER'), 'container');
    });

    it('keeps its reports on a volume, in a folder for each run', () => {
      assert.ok(env.has('RUN'));
      assertVolumes(pod);
    });

    it('says what it needs, and never starts a shard again', () => {
      for (const { resources } of [...pod.containers, ...(pod.initContainers ?? [])]) {
        assert.ok(resources.requests && resources.limits);
      }
      assert.equal(pod.restartPolicy, 'Never');
    });

    it('is merged by kubernetes-report.yaml', () => {
      const report = only<Job>('kubernetes-report.yaml').spec.template.spec;
      const files = '/reports/RUN_NAME/shard-*/messages.ndjson';
      assert.equal(
        whatRuns(report.containers[0]).npm,
        `run report -- --shards ${spec.completions} --out /reports/RUN_NAME/merged ${files}`,
      );
      assertVolumes(report);
    });
  });
}

/** Runs the container's script in a real shell, with an npm that says what it was called with. */
function whatRuns(
  { command, args, env = [] }: Container,
  given: NodeJS.ProcessEnv = {},
): { npm: string; reports: string } {
  const bin = mkdtempSync(join(tmpdir(), 'brine-recipe-'));
  try {
    const values = Object.fromEntries(
      env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    );
    const npm = '#!/bin/sh\nprintf "%s\\n%s" "$*" "$BRINE_REPORTS_DIRECTORY"\n';
    writeFileSync(join(bin, 'npm'), npm, { mode: 0o755 });
    const [shell, ...options] = command;
    const output = execFileSync(shell, [...options, ...args], { env: { ...values, ...given, PATH: bin } });
    const [called = '', reports = ''] = output.toString().split('\n');
    return { npm: called, reports };
  } finally {
    rmSync(bin, { recursive: true });
  }
}

function assertVolumes({ containers, initContainers = [], volumes }: Job['spec']['template']['spec']): void {
  const known = volumes.map(({ name }) => name);
  const mounted = [...containers, ...initContainers].flatMap(({ volumeMounts }) =>
    volumeMounts.map(({ name }) => name),
  );
  assert.deepEqual([...new Set(mounted)].sort(), [...known].sort());
}
