import { execFile } from 'node:child_process';
import { messageOf } from '../../errors';
import { formatDuration } from '../../time';

/** The longest answer: a compose file as it is after everything in it was resolved. */
const longestAnswer = 16 * 1024 ** 2;

/**
 * `docker compose` with these arguments, on the engine that Brine uses.
 * @param engine where it listens: the path of its socket, or its address
 * @returns what it printed
 * @throws Error with its last words, or when it takes longer than the limit
 */
export function dockerCompose(args: readonly string[], limitMs: number, engine?: string): Promise<string> {
  const host = engine === undefined || engine.includes('://') ? engine : `unix://${engine}`;
  const env = { ...process.env, ...(host === undefined ? {} : { DOCKER_HOST: host }) };
  const options = { timeout: limitMs, maxBuffer: longestAnswer, env };
  return new Promise((done, failed) => {
    execFile('docker', ['compose', ...args], options, (error, stdout, stderr) => {
      if (error === null) return done(stdout.trim());
      const limit = `docker compose took longer than ${formatDuration(limitMs)}`;
      const words = stderr.trim().split('\n').slice(-10).join('\n') || messageOf(error);
      failed(new Error(error.killed ? limit : words, { cause: error }));
    });
  });
}

const progress =
  /^\s*(?:Network|Container|Volume|Image) \S+\s+(?:Creating|Created|Recreated?|Starting|Started|Running|Waiting|Healthy|Error|Stopping|Stopped|Removing|Removed)$|^\s*\S+ Pulling\s*$/;

/** What compose says of a failure, without the lines that tell how far it had come. */
export function withoutProgress(words: string): string {
  const lines = words.split('\n').filter((line) => !progress.test(line.trimEnd()));
  return lines.join('\n').trim() || words;
}
