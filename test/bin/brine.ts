import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Project } from '../runs/project';

const program = join(__dirname, '../../bin/brine.js');
const limitMs = 60_000;

/** What a call of the command line left to look at. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

export interface CallPlan {
  readonly env?: NodeJS.ProcessEnv;
  /** The user's number; the test's own unless given. */
  readonly uid?: number;
}

/** Calls the command line in the folder of a project, as `npx brine` does. */
export function brine(project: Project, args: readonly string[], plan: CallPlan = {}): Promise<Answer> {
  const options = {
    cwd: project.directory,
    timeout: limitMs,
    env: { ...inherited(), BRINE_CACHE_DIR: project.path('cache'), ...plan.env },
    ...(plan.uid === undefined ? {} : { uid: plan.uid, gid: plan.uid }),
  };
  return new Promise((done, failed) => {
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      if (error === null) done({ stdout, stderr, exitCode: 0 });
      else if (typeof error.code === 'number') done({ stdout, stderr, exitCode: error.code });
      else failed(error);
    });
  });
}

/** What the doctor and a run say of the same project, one after the other, each with the number that it ends with. */
export async function doctorAndRun(
  project: Project,
  env: NodeJS.ProcessEnv,
): Promise<ReadonlyArray<{ readonly output: string; readonly exitCode: number | null }>> {
  const { stdout: output, exitCode } = await brine(project, ['doctor'], { env });
  return [{ output, exitCode }, await project.run([], env)];
}

function inherited(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(BRINE|DOCKER|NODE_TEST)_/.test(name));
  return Object.fromEntries(own);
}
