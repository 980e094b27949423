import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/** Node reads it when a thread or process begins: https://nodejs.org/api/module.html#module-compile-cache */
const variable = 'NODE_COMPILE_CACHE';

/**
 * Has the threads of lanes begin with the machine code that is kept (support/typescript/register.js), so that they need
 * not compile the runner. The processes that this one starts are to know nothing of it: it is withdrawn when the first
 * hook of the run is called, for then all threads have begun, and in a serial run no process has.
 */
export function keptMachineCode(): { offer(): void; withdraw(): void } {
  const kept = getCompileCacheDir();
  const directory = kept === undefined ? undefined : dirname(kept); // in it is one for each version of Node
  const isSomebodys = process.env[variable] !== undefined;
  return {
    offer() {
      if (directory !== undefined && !isSomebodys) process.env[variable] = directory;
    },
    withdraw() {
      if (process.env[variable] === directory && !isSomebodys) delete process.env[variable];
    },
  };
}
