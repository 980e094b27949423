// @ts-check
const { hash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

/**
 * What came of TypeScript files, in `node_modules/.cache/brine-typescript`: one entry for each file, which the next
 * version of the file replaces. It is used when the text and everything else that the output depends on are the same.
 * Where nothing can be written nothing is kept.
 */
class TranspileCache {
  /** @param {string} modules the `node_modules` folder; without it nothing is kept */
  constructor(modules) {
    this.modules = modules;
    this.directory = path.join(modules, '.cache', 'brine-typescript');
  }

  /**
   * The output for a file, unless it, or what it depends on, has changed.
   * @param {string} file absolute
   * @param {string} text what is in the file
   * @param {string} settings tells apart all else that the output depends on
   * @returns {string | undefined}
   */
  find(file, text, settings) {
    const entry = this.read(entryOf(file));
    if (entry === undefined) return undefined;
    const end = entry.indexOf('\n');
    return entry.slice(0, end) === headOf(file, text, settings) ? entry.slice(end + 1) : undefined;
  }

  /**
   * @param {string} file absolute
   * @param {string} text what is in the file
   * @param {string} settings see {@link find}
   * @param {string} output
   */
  keep(file, text, settings, output) {
    this.write(entryOf(file), `${headOf(file, text, settings)}\n${withoutSource(output)}`);
  }

  /**
   * @param {string} name
   * @returns {string | undefined} nothing when there is no such entry
   */
  read(name) {
    try {
      return fs.readFileSync(path.join(this.directory, name), 'utf8');
    } catch {
      return undefined;
    }
  }

  /**
   * Whole or not at all, for others may read it now.
   * @param {string} name
   * @param {string} text
   */
  write(name, text) {
    const target = path.join(this.directory, name);
    const draft = `${target}.${process.pid}-${require('node:worker_threads').threadId}`;
    try {
      if (!fs.existsSync(this.modules)) return;
      fs.mkdirSync(this.directory, { recursive: true });
      fs.writeFileSync(draft, text);
      fs.renameSync(draft, target);
    } catch {
      // a cache only: a folder that cannot be written makes the next start slower, no more
    }
  }

  /** Removes the entries of files that are no more. */
  prune() {
    for (const name of this.#names()) {
      const source = this.read(name)?.split('\n', 1)[0]?.split(' ').slice(2).join(' ');
      if (source !== undefined && source !== '' && !fs.existsSync(source)) this.#remove(name);
    }
  }

  /** @param {string} name */
  #remove(name) {
    try {
      fs.rmSync(path.join(this.directory, name), { force: true });
    } catch {
      // somebody else's folder, as node_modules is where another user installed
    }
  }

  #names() {
    try {
      return fs.readdirSync(this.directory).filter((name) => name.endsWith('.js'));
    } catch {
      return [];
    }
  }
}

/** @param {string} file */
function entryOf(file) {
  return `${hash('sha1', file)}.js`;
}

/**
 * The first line of an entry: a comment that says what it is the output of.
 * @param {string} file
 * @param {string} text
 * @param {string} settings
 */
function headOf(file, text, settings) {
  return `// ${hash('sha1', settings + text)} ${file}`;
}

/**
 * The map at the end of an output holds the whole source once more, which stacks have no use for.
 * @param {string} output
 */
function withoutSource(output) {
  return output.replace(
    /(\/\/# sourceMappingURL=data:application\/json;charset=utf-8;base64,)(\S+)\s*$/,
    (_, head, map) => {
      const { sourcesContent: _source, ...rest } = JSON.parse(Buffer.from(map, 'base64').toString());
      return head + Buffer.from(JSON.stringify(rest)).toString('base64');
    },
  );
}

module.exports = { TranspileCache };
