import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { BrineError } from '../../errors';
import type { DatabaseDeclaration, PostgresSettings } from './settings';

/** Counts up when the tracking schema or the way templates are made changes, so that old ones are not reused. */
export const layoutVersion = 6;

const byName = new Intl.Collator('en', { numeric: true });

/**
 * The files of the globs, each glob's by name with numbers compared as numbers (`2_b.sql` before `10_a.sql`).
 * @throws BrineError BRINE_CONFIG_004 for a glob that matches nothing: a misspelt one must not go unnoticed
 */
export async function filesOf(
  patterns: readonly string[],
  projectDirectory: string,
  whose: string,
): Promise<string[]> {
  const perPattern = await Promise.all(
    patterns.map((pattern) => filesOfOne(pattern, projectDirectory, whose)),
  );
  return [...new Set(perPattern.flat())];
}

async function filesOfOne(pattern: string, projectDirectory: string, whose: string): Promise<string[]> {
  const files: string[] = [];
  for await (const entry of glob(pattern, { cwd: projectDirectory, withFileTypes: true })) {
    if (entry.isFile() || entry.isSymbolicLink()) files.push(resolve(entry.parentPath, entry.name));
  }
  if (files.length > 0) return files.sort(byName.compare);
  throw new BrineError('BRINE_CONFIG_004', {
    reason: `${whose}: no file matches "${pattern}" (in ${projectDirectory})`,
    advice: 'correct the pattern, or remove it',
  });
}

/** Twelve characters that change with anything that decides what the database contains. */
export async function contentHash(
  declaration: DatabaseDeclaration,
  serverMajor: number,
  projectDirectory: string,
): Promise<string> {
  const { name, migrate, sql = [], inputs, seed = [] } = declaration;
  const hash = createHash('sha256');
  hash.update(JSON.stringify([layoutVersion, serverMajor, name, migrate ?? null]));
  for (const [kind, patterns] of Object.entries({ inputs, sql, seed })) {
    const files = await filesOf(patterns, projectDirectory, `databases.${name}.${kind}`);
    const contents = await Promise.all(files.map((file) => readFile(file)));
    files.forEach((file, index) => {
      const content = contents[index] ?? Buffer.alloc(0);
      hash.update(JSON.stringify([kind, relative(projectDirectory, file), content.length]));
      hash.update(content);
    });
  }
  return hash.digest('hex').slice(0, 12);
}

/** The declared databases with the names of their templates; not those that are somebody's own. */
export async function templateNames(
  declarations: readonly DatabaseDeclaration[],
  serverMajor: number,
  settings: PostgresSettings,
  projectDirectory: string,
): Promise<{ declaration: DatabaseDeclaration; template: string }[]> {
  const own = declarations.filter(({ url }) => url === undefined);
  return Promise.all(
    own.map(async (declaration) => {
      const hash = await contentHash(declaration, serverMajor, projectDirectory);
      return { declaration, template: databaseName(settings.testPrefix, 'tpl', declaration.name, hash) };
    }),
  );
}

/** The server silently cuts names after this many bytes, and two lanes' names would become one. */
const longestName = 63;

/** `brine_<parts>`, within the server's limit: the middle of a long name gives way to a hash. */
export function databaseName(prefix: string, ...parts: readonly (string | number)[]): string {
  const name = prefix + parts.join('_');
  if (Buffer.byteLength(name) <= longestName) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 12);
  const ascii = name.replace(/[^\x20-\x7e]/g, '-');
  return `${ascii.slice(0, 36)}~${digest}~${ascii.slice(-13)}`;
}
