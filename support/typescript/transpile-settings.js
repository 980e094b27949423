// @ts-check
const { hash } = require('node:crypto');
const fs = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

/**
 * @typedef {import('./transpile-cache').TranspileCache} TranspileCache
 * @typedef {{ key: string | undefined, extensions: readonly string[] }} Settings what tells apart the outputs that
 *   ts-node gives with these settings, nothing when they depend on more than the file; and which files it compiles
 * @typedef {{ files: Record<string, string | null>, keeps: boolean, extensions: readonly string[] }} Found what ts-node
 *   has read to know its settings, by path: the hash of the file, null where there was none
 */

/**
 * What ts-node would find in this folder, as far as that is known from an earlier time and has not changed. To ask
 * ts-node itself would mean to load TypeScript.
 * @param {TranspileCache} cache
 * @param {string} directory where ts-node looks for tsconfig.json
 * @returns {Settings | undefined}
 */
function findSettings(cache, directory) {
  const found = foundBefore(cache.read(entryOf(directory)));
  if (found === undefined) return undefined;
  const isUnchanged = Object.entries(found.files).every(([file, before]) => hashOf(file) === before);
  return isUnchanged ? settingsOf(found, directory) : undefined;
}

/**
 * @param {string | undefined} entry
 * @returns {Found | undefined}
 */
function foundBefore(entry) {
  try {
    return entry === undefined ? undefined : JSON.parse(entry);
  } catch {
    return undefined;
  }
}

/**
 * Asks ts-node, and keeps the answer for the next time.
 * @param {TranspileCache} cache
 * @param {string} directory where ts-node has looked for tsconfig.json
 * @param {import('ts-node').Service | undefined} service
 * @returns {Settings | undefined}
 */
function keepSettings(cache, directory, service) {
  if (service === undefined) return undefined;
  const found = {
    files: Object.fromEntries(filesRead(directory, service).map((file) => [file, hashOf(file)])),
    keeps: dependsOnTheFileAlone(service),
    extensions: /** @type {any} */ (service).extensions.compiled,
  };
  cache.prune();
  cache.write(entryOf(directory), JSON.stringify(found));
  return settingsOf(found, directory);
}

/**
 * What compiles here, and into what by default.
 * @param {string} directory from where the compilers are looked for
 */
function versionsOf(directory) {
  const require = createRequire(path.join(directory, 'package.json'));
  const versions = ['ts-node', 'typescript', '@swc/core'].map((name) => {
    try {
      return require(`${name}/package.json`).version;
    } catch {
      return '';
    }
  });
  return [process.version, ...versions].join(' ');
}

/**
 * @param {Found} found
 * @param {string} directory
 * @returns {Settings}
 */
function settingsOf({ files, keeps, extensions }, directory) {
  return { key: keeps ? hash('sha1', versionsOf(directory) + JSON.stringify(files)) : undefined, extensions };
}

/**
 * With type checks a file fails for what is in others, and what other hooks give is theirs to say.
 * @param {import('ts-node').Service} service
 */
function dependsOnTheFileAlone({ options }) {
  const { transpileOnly, swc, typeCheck, transpiler, transformers, ignore, scope, skipIgnore } = options;
  const { experimentalResolver, preferTsExts, require: preloaded } = options;
  const unknown = [transformers, ignore, scope, skipIgnore, experimentalResolver, preferTsExts];
  const others = transpiler !== undefined && transpiler !== null && swc !== true;
  return (
    (transpileOnly === true || swc === true) &&
    typeCheck !== true &&
    !others &&
    !unknown.some(Boolean) &&
    (preloaded ?? []).length === 0
  );
}

/**
 * tsconfig.json and what it extends; and where a nearer one might turn up.
 * @param {string} directory
 * @param {import('ts-node').Service} service
 */
function filesRead(directory, service) {
  const nearer = candidates(directory);
  const { configFilePath } = /** @type {{ configFilePath?: string | null }} */ (
    /** @type {unknown} */ (service)
  );
  if (configFilePath === undefined || configFilePath === null) return nearer;
  const ts = /** @type {typeof import('typescript')} */ (/** @type {unknown} */ (service.ts));
  const source = ts.readJsonConfigFile(configFilePath, ts.sys.readFile);
  const host = { ...ts.sys, readDirectory: () => [] };
  ts.parseJsonSourceFileConfigFileContent(source, host, path.dirname(configFilePath));
  const until = nearer.indexOf(path.resolve(configFilePath));
  return [...nearer.slice(0, until < 0 ? 0 : until), configFilePath, ...(source.extendedSourceFiles ?? [])];
}

/** @param {string} directory @returns {string[]} */
function candidates(directory) {
  const parent = path.dirname(directory);
  return [path.join(directory, 'tsconfig.json'), ...(parent === directory ? [] : candidates(parent))];
}

/** @param {string} file */
function hashOf(file) {
  try {
    return hash('sha1', fs.readFileSync(file));
  } catch {
    return null;
  }
}

/**
 * ts-node takes settings from variables, too.
 * @param {string} directory
 */
function entryOf(directory) {
  const variables = Object.entries(process.env).filter(([name]) => name.startsWith('TS_NODE_'));
  return `${hash('sha1', directory + JSON.stringify(variables.sort()))}.json`;
}

module.exports = { findSettings, keepSettings, versionsOf };
