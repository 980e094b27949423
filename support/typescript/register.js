// @ts-check
/**
 * Loads TypeScript as `ts-node/register` does, but compiles a file once: what came of it is kept in
 * `node_modules/.cache`, so that a run, and each of its threads, need not load the compilers. Brine's own files are
 * compiled with Brine's settings, a project's with the project's. See docs/decisions/0020.
 *
 * Plain JavaScript, for it is what makes TypeScript loadable.
 */
const { hash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { createRequire, enableCompileCache, findPackageJSON, registerHooks } = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { isMainThread } = require('node:worker_threads');
const { keptOutput, rememberOutput, withTable } = require('./kept-outputs');
const { TranspileCache } = require('./transpile-cache');
const { findSettings, keepSettings, versionsOf } = require('./transpile-settings');

/**
 * @typedef {NodeJS.Module & { _compile(code: string, filename: string): unknown }} Loading a module that is being loaded
 * @typedef {(module: Loading, filename: string) => unknown} Handler
 */

const packageDirectory = path.join(__dirname, '..', '..');
/** Where Brine's libraries are: in its own folder, or beside it where it is installed in a project. */
const modulesDirectory =
  path.basename(path.dirname(packageDirectory)) === 'node_modules'
    ? path.dirname(packageDirectory)
    : path.join(packageDirectory, 'node_modules');
const ownFile = /^(?:index\.ts$|(?:bin|reports|step-definitions|support|world)[\\/])/;
const handled = ['.ts', '.tsx', '.js', '.jsx'];
const libraries = `${path.sep}node_modules${path.sep}`;
const installed = Symbol.for('brine.typescript');

/** What compiles Brine's own files. */
class OwnCompiler {
  #cache = new TranspileCache(modulesDirectory);
  /** @type {string | undefined} */
  #key;
  /** @type {import('ts-node').Service | undefined} */
  #service;

  /**
   * @param {Loading} module
   * @param {string} filename
   */
  load(module, filename) {
    const text = readFileSync(filename, 'utf8');
    this.#key ??= this.#readKey();
    const kept = this.#cache.find(filename, text, this.#key);
    if (kept !== undefined) return compileKept(module, filename, kept);
    const output = this.#compiler().compile(text, filename);
    this.#cache.keep(filename, text, this.#key, withTable(output, text));
    return module._compile(output, filename);
  }

  /** What an output depends on besides the text: the compilers, their settings, and how this file asks for it. */
  #readKey() {
    const files = [this.#settings, __filename, require.resolve('./kept-outputs')];
    const texts = files.map((file) => readFileSync(file, 'utf8'));
    return hash('sha1', [versionsOf(packageDirectory), ...texts].join());
  }

  get #settings() {
    return path.join(packageDirectory, 'tsconfig.json');
  }

  #compiler() {
    this.#service ??= require('ts-node').create({
      cwd: packageDirectory,
      project: this.#settings,
      swc: false,
      transpileOnly: true,
      transpiler: ['ts-node/transpilers/swc', { swc: withLazyImports(require('@swc/core')) }],
      skipIgnore: true,
    });
    return this.#service;
  }
}

/**
 * SWC, but what a file imports from others is loaded when it is first used: a run that has no step of the cache, say, does not load what
 * those steps need. Files that are imported for what they do, without a name, are loaded at once.
 * @param {typeof import('@swc/core')} swc
 */
function withLazyImports(swc) {
  /** @type {typeof swc.transformSync} */
  const transformSync = (text, options) => {
    const lazy = [...String(text).matchAll(/\bfrom '([^']+)'/g)].map(([, name]) => name);
    // ts-node asks without a module which targets there are, and takes an old one when that fails
    const module = options?.module?.type === 'commonjs' ? { ...options.module, lazy } : options?.module;
    return swc.transformSync(text, /** @type {any} */ ({ ...options, module }));
  };
  return { ...swc, transformSync };
}

/** What compiles the project's files: ts-node with the project's settings, whatever they are. */
class ProjectCompiler {
  #directory = process.cwd();
  #cache = new TranspileCache(path.join(this.#directory, 'node_modules'));
  #settings = findSettings(this.#cache, this.#directory);
  /** @type {Partial<Record<string, Handler>> | undefined} */
  #handlers;

  /** @param {Partial<Record<string, Handler>>} before the handlers that were there before Brine's */
  constructor(before) {
    this.before = before;
  }

  /**
   * @param {Loading} module
   * @param {string} filename
   * @param {string} extension
   */
  load(module, filename, extension) {
    if (this.#settings !== undefined && !this.#settings.extensions.includes(extension))
      return this.#asBefore(module, filename, extension);
    const text = readFileSync(filename, 'utf8');
    const kept = this.#settings?.key && this.#cache.find(filename, text, this.#settings.key);
    if (kept) return compileKept(module, filename, kept);
    this.#handlers ??= handlersOfTsNode(this.before);
    this.#settings ??= keepSettings(this.#cache, this.#directory, serviceOfTsNode());
    if (this.#settings?.key && !serviceOfTsNode()?.ignored(filename))
      this.#keepWhatComesOf(module, text, this.#settings.key);
    const handler = this.#handlers[extension] ?? this.#handlers['.js'];
    return handler?.(module, filename);
  }

  /**
   * @param {Loading} module
   * @param {string} filename
   * @param {string} extension
   */
  #asBefore(module, filename, extension) {
    const handler = (this.#handlers ?? this.before)[extension] ?? this.before['.js'];
    return handler?.(module, filename);
  }

  /**
   * ts-node's handler hands its output to the module.
   * @param {Loading} module
   * @param {string} text
   * @param {string} key
   */
  #keepWhatComesOf(module, text, key) {
    const compile = module._compile;
    module._compile = (output, filename) => {
      this.#cache.keep(filename, text, key, withTable(output, text));
      return compile.call(module, output, filename);
    };
  }
}

/**
 * @param {Loading} module
 * @param {string} filename
 * @param {string} output
 */
function compileKept(module, filename, output) {
  if (!mapsStacks) mapStacks();
  rememberOutput(filename, output);
  return module._compile(output, filename);
}

let mapsStacks = false;

/** As ts-node does for what it has compiled, with its library. */
function mapStacks() {
  mapsStacks = true;
  const ofTsNode = createRequire(require.resolve('ts-node'));
  ofTsNode('@cspotcode/source-map-support').install({
    environment: 'node',
    retrieveFile: outputOf,
    redirectConflictingLibrary: true,
  });
}

/**
 * '' leaves the file to others: to ts-node, or to who reads it. A library's file has nothing of interest, so that the libraries in a
 * stack are not searched for maps of their own.
 * @param {string} file
 */
function outputOf(file) {
  return keptOutput(file) ?? (file.includes(libraries) ? ' ' : '');
}

/** @returns {import('ts-node').Service | undefined} */
function serviceOfTsNode() {
  const { REGISTER_INSTANCE } = require('ts-node');
  return process[REGISTER_INSTANCE];
}

/**
 * The handlers of ts-node, registered if they are not yet, for it puts its own where it finds others.
 * @param {Partial<Record<string, Handler>>} before
 */
function handlersOfTsNode(before) {
  if (serviceOfTsNode() !== undefined) return before;
  const now = currentHandlers();
  setHandlers(before);
  require('ts-node').register();
  const handlers = currentHandlers();
  setHandlers(now);
  return handlers;
}

/** @returns {Partial<Record<string, Handler>>} */
function currentHandlers() {
  return Object.fromEntries(handled.map((extension) => [extension, handlerTable()[extension]]));
}

/** @param {Partial<Record<string, Handler>>} handlers */
function setHandlers(handlers) {
  for (const extension of handled) {
    const handler = handlers[extension];
    if (handler === undefined) delete handlerTable()[extension];
    else handlerTable()[extension] = handler;
  }
}

/** Deprecated, and yet what every compiler of this kind stands on. @returns {Partial<Record<string, Handler>>} */
function handlerTable() {
  return /** @type {any} */ (require.extensions);
}

/**
 * Another hook that is registered later puts itself before this one, and compiles what it gets from it.
 * @param {Loading} module
 * @param {string} filename
 */
function handToLaterHook(module, filename) {
  module._compile(readFileSync(filename, 'utf8'), filename);
}

/**
 * Node keeps what V8 makes of each file, of libraries too, beside what is kept of TypeScript files. It would make coverage less exact.
 */
function keepMachineCode() {
  if (process.env.NODE_V8_COVERAGE !== undefined || !existsSync(modulesDirectory)) return;
  const directory = path.join(modulesDirectory, '.cache', 'brine-compiled');
  enableCompileCache(directory);
  // the thread of a lane has it from its beginning, and is not to hand it on to processes
  if (!isMainThread && process.env.NODE_COMPILE_CACHE === directory) delete process.env.NODE_COMPILE_CACHE;
}

/** Once in each thread. */
function install() {
  if (Reflect.get(process, installed)) return;
  Reflect.set(process, installed, true);
  keepMachineCode();
  const before = currentHandlers();
  const own = new OwnCompiler();
  const project = new ProjectCompiler(before);
  for (const extension of handled) {
    const asFound = before[extension] ?? before['.js'];
    handlerTable()[extension] = (module, filename) => {
      const isTypeScript = extension !== '.js';
      if (Object.hasOwn(module, '_compile') && isTypeScript) return handToLaterHook(module, filename);
      if (isOwn(filename)) return isTypeScript ? own.load(module, filename) : asFound?.(module, filename);
      if (Object.hasOwn(module, '_compile') || filename.includes(libraries))
        return asFound?.(module, filename);
      if (isEsModule(filename)) return loadEsModule(module, filename, asFound);
      return project.load(module, filename, extension);
    };
  }
}

/**
 * Whether the package of a project's file says that its files are ES modules.
 * @param {string} filename
 */
function isEsModule(filename) {
  const found = findPackageJSON(pathToFileURL(filename));
  if (found === undefined) return false;
  const known = esModulePackages.get(found) ?? readPackage(found).type === 'module';
  esModulePackages.set(found, known);
  return known;
}

/** @type {Map<string, boolean>} */
const esModulePackages = new Map();

/** @param {string} file @returns {{ type?: unknown }} */
function readPackage(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {}; // Node itself says what is wrong with it
  }
}

/**
 * What ts-node refuses, Node loads by itself: it takes the types out, and an `import './x.js'` finds `x.ts`, as
 * TypeScript wants it written.
 * @param {Loading} module
 * @param {string} filename
 * @param {Handler | undefined} handler
 */
function loadEsModule(module, filename, handler) {
  if (!Reflect.get(process, findsTypeScript)) {
    Reflect.set(process, findsTypeScript, true);
    registerHooks({ resolve: resolveToTypeScript });
  }
  return handler?.(module, filename);
}

const findsTypeScript = Symbol.for('brine.typescript.resolve');

/** @type {import('node:module').ResolveHookSync} */
function resolveToTypeScript(specifier, context, next) {
  try {
    return next(specifier, context);
  } catch (error) {
    if (!/^\.\.?\/.*\.m?js$/.test(specifier) || !/\.m?ts$/.test(context.parentURL ?? '')) throw error;
    try {
      return next(specifier.replace(/js$/, 'ts'), context);
    } catch {
      throw error; // of the file that was asked for
    }
  }
}

/** @param {string} filename */
function isOwn(filename) {
  return filename.startsWith(packageDirectory) && ownFile.test(filename.slice(packageDirectory.length + 1));
}

install();
