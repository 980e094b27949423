import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';

const root = resolve(__dirname, '../..');
const register = join(root, 'support/typescript/register.js');
const swc = { 'ts-node': { swc: true }, compilerOptions: { target: 'es2022', module: 'nodenext' } };

interface RunOptions {
  readonly hooks?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A project with TypeScript files and modules of its own. */
class SmallProject implements AsyncDisposable {
  private constructor(readonly directory: string) {}

  static async create(files: Readonly<Record<string, string | object>>): Promise<SmallProject> {
    const project = new SmallProject(await mkdtemp(join(tmpdir(), 'brine-typescript-')));
    for (const name of ['ts-node', 'typescript', '@swc']) {
      const link = join(project.directory, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), link);
    }
    project.write({ 'package.json': { name: 'small' }, 'tsconfig.json': swc, ...files });
    return project;
  }

  write(files: Readonly<Record<string, string | object>>): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.directory, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }

  /** What a script says in this folder, and whether a compiler was loaded for it. */
  run(script: string, { hooks = [register], env = {} }: RunOptions = {}) {
    const compilers = `console.log('compilers: ' + Object.keys(require.cache).some((file) => file.includes('/typescript/lib/')));`;
    this.write({ 'main.cjs': `${script};${compilers}` });
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [...hooks.flatMap((hook) => ['--require', hook]), 'main.cjs'],
      { cwd: this.directory, encoding: 'utf8', env: { PATH: process.env.PATH, ...env } },
    );
    const [, said = '', loaded = ''] = /^([\s\S]*?)compilers: (true|false)\n$/.exec(stdout) ?? [];
    return { said: said.trim(), compiled: loaded === 'true', stderr, status };
  }

  get entries(): string[] {
    const cache = join(this.directory, 'node_modules/.cache/brine-typescript');
    return existsSync(cache) ? readdirSync(cache).filter((name) => name.endsWith('.js')) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}

const greeting = (text: string) => `export const greeting: string = '${text}';\n`;
const greets = `console.log(require('./greeting.ts').greeting)`;

describe('loading TypeScript', () => {
  it('compiles a file once, and needs no compiler the next time', async () => {
    await using project = await SmallProject.create({ 'greeting.ts': greeting('hello') });
    const first = project.run(greets);
    const second = project.run(greets);
    assert.deepEqual([first.said, first.compiled], ['hello', true], first.stderr);
    assert.deepEqual([second.said, second.compiled], ['hello', false], second.stderr);
  });

  it('compiles a file anew when it has changed', async () => {
    await using project = await SmallProject.create({ 'greeting.ts': greeting('hello') });
    project.run(greets);
    project.write({ 'greeting.ts': greeting('good morning') });
    const { said, compiled } = project.run(greets);
    assert.deepEqual([said, compiled], ['good morning', true]);
    assert.equal(project.entries.length, 1, 'one entry for each file');
  });

  it('compiles anew when tsconfig.json, or what it extends, has changed', async () => {
    const decorated = `function note(target: any) { console.log(typeof target.prototype) }\n@note class Noted {}\nexport const greeting = Object.getOwnPropertyNames(new (class { a: unknown; })()).length;\n`;
    await using project = await SmallProject.create({
      'greeting.ts': decorated,
      'tsconfig.json': { ...swc, extends: './base.json' },
      'base.json': { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
    });
    project.run(greets);
    assert.equal(project.run(greets).compiled, false);
    project.write({ 'base.json': { compilerOptions: { experimentalDecorators: true } } });
    assert.equal(project.run(greets).compiled, true);
  });

  it('compiles anew when a nearer tsconfig.json has turned up', async () => {
    await using project = await SmallProject.create({ 'inner/greeting.ts': greeting('hello') });
    symlinkSync(join(project.directory, 'node_modules'), join(project.directory, 'inner/node_modules'));
    const inside = `process.chdir('inner'); require(${JSON.stringify(register)}); console.log(require('./inner/greeting.ts').greeting)`;
    project.run(inside, { hooks: [] });
    assert.equal(project.run(inside, { hooks: [] }).compiled, false);
    project.write({ 'inner/tsconfig.json': swc });
    assert.equal(project.run(inside, { hooks: [] }).compiled, true);
  });

  it('names the lines of the source in stacks, from the cache, too', async () => {
    const faulty = `interface Unused {\n  name: string;\n}\n\nexport function fail(): never {\n  throw new Error('a fault');\n}\n`;
    await using project = await SmallProject.create({ 'faulty.ts': faulty });
    const stack = `try { require('./faulty.ts').fail() } catch (error) { console.log(error.stack.split('\\n')[1]) }`;
    const first = project.run(stack);
    const second = project.run(stack);
    assert.match(first.said, /faulty\.ts:6:9/);
    assert.equal(second.said, first.said);
    assert.equal(second.compiled, false);
  });

  it('names them of files that ts-node has just compiled, beside those from the cache', async () => {
    const faulty = (fault: string) =>
      `interface Unused {\n  name: string;\n}\n\nexport function fail(): never {\n  throw new Error('${fault}');\n}\n`;
    await using project = await SmallProject.create({
      'changed.ts': faulty('old'),
      'kept.ts': faulty('kept'),
    });
    const stacks = `for (const name of ['changed', 'kept']) require('./' + name + '.ts');
      for (const name of ['changed', 'kept']) try { require('./' + name + '.ts').fail() } catch (error) { console.log(error.stack.split('\\n')[1]) }`;
    for (const hooks of [[register], ['ts-node/register', register]]) {
      project.run(stacks, { hooks });
      project.write({ 'changed.ts': faulty(`new for ${hooks.length}`) });
      const { said, stderr } = project.run(stacks, { hooks });
      assert.match(said, /changed\.ts:6:9\)?\n.*kept\.ts:6:9/, stderr);
    }
  });

  it('leaves it to ts-node to check types where a project wants that, every time', async () => {
    const wrong = `export const greeting: number = 'hello';\n`;
    await using project = await SmallProject.create({
      'greeting.ts': wrong,
      'tsconfig.json': { compilerOptions: { target: 'es2022', module: 'nodenext', types: [] } },
    });
    for (const _ of [1, 2]) {
      const { stderr, status } = project.run(greets);
      assert.equal(status, 1);
      assert.match(stderr, /Type 'string' is not assignable to type 'number'/);
    }
    assert.deepEqual(project.entries, []);
  });

  it('compiles JavaScript only where tsconfig.json says so', async () => {
    const script = {
      'greeting.js': `import { sep } from 'node:path';\nexport const greeting = typeof require + sep;\n`,
    };
    const asksForIt = `console.log(require('./greeting.js').greeting)`;
    const allowing = { ...swc, compilerOptions: { ...swc.compilerOptions, allowJs: true } };
    await using compiled = await SmallProject.create({ ...script, 'tsconfig.json': allowing });
    await using native = await SmallProject.create(script);
    for (const _ of [1, 2]) {
      assert.equal(compiled.run(asksForIt).said, 'function/', 'a CommonJS module has require');
      assert.equal(native.run(asksForIt).said, 'undefined/', 'Node itself takes it as an ES module');
    }
    assert.equal(compiled.entries.length, 2, 'the script, and what asks for it');
    assert.equal(native.entries.length, 0);
  });

  it('gets on with ts-node, registered before or after', async () => {
    await using project = await SmallProject.create({ 'greeting.ts': greeting('hello') });
    for (const hooks of [
      ['ts-node/register', register],
      [register, 'ts-node/register'],
      [register, register],
    ]) {
      for (const _ of [1, 2]) {
        const { said, stderr } = project.run(greets, { hooks });
        assert.equal(said, 'hello', stderr);
      }
    }
  });

  it('does without a cache that it cannot read or write', async () => {
    await using project = await SmallProject.create({ 'greeting.ts': greeting('hello') });
    project.run(greets);
    const cache = join(project.directory, 'node_modules/.cache/brine-typescript');
    for (const name of readdirSync(cache)) writeFileSync(join(cache, name), 'no such thing');
    assert.equal(project.run(greets).said, 'hello');
    rmSync(cache, { recursive: true });
    writeFileSync(cache, 'a file where the folder should be');
    assert.equal(project.run(greets).said, 'hello');
  });

  it('forgets files that are no more', async () => {
    await using project = await SmallProject.create({
      'greeting.ts': greeting('hello'),
      'old.ts': greeting('old'),
    });
    project.run(`require('./old.ts'); ${greets}`);
    assert.equal(project.entries.length, 2);
    rmSync(join(project.directory, 'old.ts'));
    project.write({ 'tsconfig.json': { ...swc, include: ['*.ts'] } });
    project.run(greets);
    assert.equal(project.entries.length, 1);
  });

  it("compiles Brine's own files with Brine's settings, whatever the project's are", async () => {
    await using project = await SmallProject.create({
      'tsconfig.json': { 'ts-node': { swc: true }, compilerOptions: { target: 'es5', module: 'commonjs' } },
    });
    const own = JSON.stringify(join(root, 'support/time/duration.ts'));
    const { said, stderr } = project.run(`console.log(require(${own}).formatDuration(1500))`);
    assert.equal(said, '1.5 s', stderr);
  });

  it("keeps what came of Brine's own files where Brine is installed in a project, too", async () => {
    await using project = await SmallProject.create({});
    const brine = join(project.directory, 'node_modules/brine');
    mkdirSync(join(brine, 'support'), { recursive: true });
    for (const name of [
      'package.json',
      'tsconfig.json',
      'support/typescript',
      'support/time',
      'support/errors',
    ])
      cpSync(join(root, name), join(brine, name), { recursive: true });
    const script = `console.log(require('brine/support/time/duration.ts').formatDuration(1500))`;
    const hooks = [join(brine, 'support/typescript/register.js')];
    const first = project.run(script, { hooks });
    assert.deepEqual([first.said, first.compiled], ['1.5 s', true], first.stderr);
    const second = project.run(script, { hooks });
    assert.deepEqual([second.said, second.compiled], ['1.5 s', false], second.stderr);
  });

  it("loads what Brine's own files import when it is first used", async () => {
    await using project = await SmallProject.create({});
    const codes = `Object.keys(require.cache).some((file) => file.endsWith('/errors/codes.ts'))`;
    const own = JSON.stringify(join(root, 'support/errors/brine-error.ts'));
    const { said, stderr } = project.run(`const { BrineError } = require(${own}); console.log(${codes});
      const { code } = new BrineError('BRINE_ENV_007', { reason: 'so' }); console.log(code, ${codes})`);
    assert.equal(said, 'false\nBRINE_ENV_007 true', stderr);
  });

  it("knows the lines of kept outputs, Brine's own and the project's, where comments and types are left out", async () => {
    await using project = await SmallProject.create({
      'lines.ts': `interface A {
  b: string;
}

/** A comment, with which the statement begins in the output. */
export const line: A = { b: String(new Error('x').stack?.split('\\n')[1]) };
/* another */ // and one more
export const file = __filename;
`,
    });
    const script = `const { sourceLine } = require(${JSON.stringify(join(root, 'support/typescript/kept-outputs.js'))});
      const { readFileSync } = require('node:fs');
      const { line, file } = require('./lines.ts');
      const { keptOutput } = require(${JSON.stringify(join(root, 'support/typescript/kept-outputs.js'))});
      const output = keptOutput(file);
      const find = (text) => output?.split('\\n').findIndex((one) => one.includes(text)) + 1;
      console.log(output === undefined, sourceLine(file, find('const line')), sourceLine(file, find('const file')))`;
    const first = project.run(script);
    assert.match(first.said, /^true/, first.stderr);
    assert.equal(project.run(script).said, 'false 6 8');
  });

  it('keeps machine code beside it, unless coverage is wanted', async () => {
    await using project = await SmallProject.create({});
    const script = `console.log(require('node:module').getCompileCacheDir()?.includes('brine-compiled') ?? false)`;
    assert.equal(project.run(script).said, 'true');
    const coverage = join(project.directory, 'coverage');
    assert.equal(project.run(script, { env: { NODE_V8_COVERAGE: coverage } }).said, 'false');
  });
});
