import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Envelope } from '@cucumber/messages';
import { eventually } from '../../support/time';

const root = resolve(__dirname, '../..');
/** Every process of a project's runs inherits it, whatever becomes of its parents. */
const marker = 'SMALL_PROJECT';
/** Prepared clusters of these tests: the developer's own are not touched, and only the first run ever starts cold. */
const cache = join(tmpdir(), 'brine-runs-cache');

/** What a small project consists of. */
export interface ProjectPlan {
  /** Texts by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** What `brine({...})` gets, as JavaScript; `{}` by default. */
  readonly brine?: string;
  /** What is added to the profile, as JavaScript; it may use `profile`. */
  readonly profile?: string;
}

/** How a run is started. */
export interface RunPlan {
  readonly env?: NodeJS.ProcessEnv;
  /** The command line instead of the runner's; its arguments follow. */
  readonly command?: readonly [string, ...string[]];
}

/** What a run that has ended left to look at. */
export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
  /** What the runner wrote to `messages.ndjson`; empty when it wrote none. */
  readonly messages: readonly Envelope[];
}

/** A run under way. */
export class Run {
  private out = '';
  private err = '';
  private all = '';
  private readonly waiting = new Set<() => void>();
  private readonly begin = performance.now();
  private over = false;
  /** Resolves when the process has ended and its output was read. */
  readonly ended: Promise<RunResult>;

  constructor(
    private readonly child: ChildProcess,
    private readonly messagesFile: string,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
      this.add(text);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.err += text;
      this.add(text);
    });
    this.ended = new Promise((done, failed) => {
      child.once('error', failed);
      // not 'close': a process that was left behind may hold the pipe
      child.once('exit', (exitCode, signal) => {
        const end = () => done(this.result(exitCode, signal));
        const held = setTimeout(end, 2_000);
        child.once('close', () => {
          clearTimeout(held);
          end();
        });
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get output(): string {
    return this.all;
  }

  private add(text: string): void {
    this.all += text;
    for (const wake of this.waiting) wake();
  }

  /** Resolves when the output matches; rejects with the output when the run ends before, or after 30 seconds. */
  says(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((done, failed) => {
      const end = (why: string) => {
        stop();
        failed(new Error(`${why} without saying ${pattern}; it said:\n${this.all}`));
      };
      const look = () => {
        const found = pattern.exec(this.all);
        if (found !== null) {
          stop();
          done(found);
        } else if (this.over) end('the run ended');
      };
      const timer = setTimeout(() => end('30 seconds went by'), 30_000);
      const stop = () => {
        clearTimeout(timer);
        this.waiting.delete(look);
      };
      this.waiting.add(look);
      look();
    });
  }

  /** Sends a signal to the process, or to its whole group as a terminal's Ctrl-C does. */
  kill(signal: NodeJS.Signals, whom: 'process' | 'group' = 'process'): void {
    process.kill(whom === 'group' ? -this.pid : this.pid, signal);
  }

  private result(exitCode: number | null, signal: NodeJS.Signals | null): RunResult {
    this.over = true;
    for (const wake of this.waiting) wake();
    const durationMs = performance.now() - this.begin;
    const messages = readMessages(this.messagesFile);
    return { stdout: this.out, stderr: this.err, output: this.all, exitCode, signal, durationMs, messages };
  }
}

/** A project that uses Brine, in a folder of its own. */
export class Project implements AsyncDisposable {
  private readonly runs: Run[] = [];

  private constructor(readonly directory: string) {}

  /** Writes the files. Features and `steps.js` are loaded when there are such. */
  static async create(plan: ProjectPlan = {}): Promise<Project> {
    const directory = await mkdtemp(join(tmpdir(), 'brine-runs-'));
    await chmod(directory, 0o755);
    const project = new Project(directory);
    await project.write({
      'package.json': JSON.stringify({ name: 'small', scripts: { acceptance: 'cucumber-js' } }),
      'tsconfig.json': JSON.stringify({ extends: join(root, 'tsconfig.json'), 'ts-node': { swc: true } }),
      'cucumber.js': cucumberJs(plan),
      ...plan.files,
    });
    await mkdir(join(directory, 'tmp'));
    await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
    return project;
  }

  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.directory, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** Starts the real runner as a process group of its own. */
  start(args: readonly string[] = [], plan: RunPlan = {}): Run {
    const [program, ...first] = plan.command ?? [process.execPath, runner];
    const child = spawn(program, [...first, ...args], {
      cwd: this.directory,
      env: { ...inherited(), [marker]: this.directory, TMPDIR: this.path('tmp'), ...plan.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const run = new Run(child, this.path('reports/out/messages.ndjson'));
    this.runs.push(run);
    return run;
  }

  run(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<RunResult> {
    return this.start(args, { env }).ended;
  }

  path(inside: string): string {
    return join(this.directory, inside);
  }

  read(inside: string): string {
    return readFileSync(this.path(inside), 'utf8');
  }

  has(inside: string): boolean {
    return existsSync(this.path(inside));
  }

  /** Processes, run folders and temporary files of this project's runs that are there at this moment. */
  leftovers(): string[] {
    return [
      ...this.processes().map(({ pid, command }) => `process ${pid}: ${command}`),
      ...this.runDirectories().map((path) => `folder ${path}`),
      ...readdirSync(this.path('tmp'))
        .filter((name) => name.startsWith('brine'))
        .map((name) => `temporary ${name}`),
    ];
  }

  /**
   * Waits, at most so long, until nothing is left; fails with what there is. Unless told otherwise, no longer than
   * the kernel of a busy machine takes to end what was killed.
   */
  async leavesNothing(withinMs = 500): Promise<void> {
    await eventually(
      async () => {
        const left = this.leftovers();
        if (left.length > 0) throw new Error(`left behind:\n${left.join('\n')}`);
      },
      { withinMs },
    );
  }

  /** The living processes of this project's runs. */
  processes(): Array<{ pid: number; command: string }> {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .filter((pid) => belongsTo(pid, this.directory))
      .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
  }

  /** The folders of this project's runs. */
  runDirectories(): string[] {
    return ['/dev/shm', this.path('tmp'), tmpdir()]
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((path) => path.includes('brine-run-') && isRunOf(path, this.directory));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of this.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has just ended
      }
    }
    await Promise.allSettled(this.runs.map(({ ended }) => ended));
    for (const left of this.runDirectories()) await rm(left, { recursive: true, force: true });
    await rm(this.directory, { recursive: true, force: true });
  }
}

const runner = join(root, 'node_modules/@cucumber/cucumber/bin/cucumber.js');

/** A project, its one run, and nothing left of either. */
export async function runOnce(
  plan: ProjectPlan,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<RunResult> {
  await using project = await Project.create(plan);
  const result = await project.run(args, env);
  await project.leavesNothing();
  return result;
}

function cucumberJs({ brine = '{}', profile = '{}' }: ProjectPlan): string {
  return `const { brine } = require(${JSON.stringify(join(root, 'index.js'))});
const profile = brine(${brine});
const own = require('node:fs').existsSync('steps.js') ? ['steps.js'] : [];
module.exports = {
  default: { ...profile, require: [...profile.require, ...own], ...${profile} },
};
`;
}

/** The environment of a user's shell: nothing of the test runner's, and no colours. */
function inherited(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const own = Object.entries(env).filter(([name]) => !/^(BRINE|CUCUMBER|npm)_/.test(name));
  return {
    ...Object.fromEntries(own),
    PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`,
    NODE_OPTIONS: '',
    BRINE_CACHE_DIR: cache,
    BRINE_PROVIDER: 'embedded',
  };
}

function readMessages(file: string): Envelope[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** By its environment, or (a reaper has none) by the folder in which it was started. */
function belongsTo(pid: string, directory: string): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
    if (state === 'Z') return false;
    if (readlinkSync(`/proc/${pid}/cwd`).startsWith(directory)) return true;
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${marker}=${directory}\0`);
  } catch {
    return false; // it has just ended
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '(ended)';
  }
}

function isRunOf(runDirectory: string, project: string): boolean {
  try {
    return JSON.parse(readFileSync(join(runDirectory, 'owner.json'), 'utf8')).project === project;
  } catch {
    return false;
  }
}

/** The names of scenarios, by the identifiers of their attempts. */
export function scenarioNames(messages: readonly Envelope[]): Map<string, string> {
  const names = new Map(messages.flatMap(({ pickle }) => (pickle ? [[pickle.id, pickle.name]] : [])));
  const ofCase = new Map(
    messages.flatMap(({ testCase }) => (testCase ? [[testCase.id, names.get(testCase.pickleId)!]] : [])),
  );
  return new Map(
    messages.flatMap(({ testCaseStarted: one }) => (one ? [[one.id, ofCase.get(one.testCaseId)!]] : [])),
  );
}

/** The end of each scenario's last attempt: its name and worst status. */
export function outcomes({ messages }: RunResult): Record<string, string> {
  const names = scenarioNames(messages);
  const worst: Record<string, string> = {};
  const order = ['UNKNOWN', 'PASSED', 'SKIPPED', 'PENDING', 'UNDEFINED', 'AMBIGUOUS', 'FAILED'];
  for (const { testCaseStarted, testStepFinished } of messages) {
    if (testCaseStarted) worst[names.get(testCaseStarted.id)!] = 'UNKNOWN';
    if (testStepFinished) {
      const name = names.get(testStepFinished.testCaseStartedId)!;
      const { status } = testStepFinished.testStepResult;
      if (order.indexOf(status) > order.indexOf(worst[name]!)) worst[name] = status;
    }
  }
  return worst;
}
