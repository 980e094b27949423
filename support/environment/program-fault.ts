import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { messageOf } from '../errors';

/** `e_machine` of the ELF header, for the processors that there are packages for. */
const elfMachines: Readonly<Record<string, number>> = {
  x64: 0x3e,
  arm64: 0xb7,
  arm: 0x28,
  ia32: 0x03,
  ppc64: 0x15,
};
const elfMagic = '\x7fELF';
const elfMachineAt = 18;

/**
 * Why a program cannot be run on this machine, in words.
 * @param program its path
 * @param error what came of the attempt; its own message is given when nothing better is known
 */
export function whyNotRun(program: string, error: unknown): string {
  const file = statSync(program, { throwIfNoEntry: false });
  if (file === undefined) return messageOf(error).trim();
  if (file.isDirectory()) return 'it is a folder';
  const machine = `${process.platform} ${process.arch}`;
  if (isForOtherProcessor(program)) return `it is for another architecture than ${machine}`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES') return `${program} is not executable`;
  // the file is there, so what is not is what would load it
  if (code === 'ENOENT') return `${machine} has not the C library that it needs (glibc; Alpine has musl)`;
  return messageOf(error).trim();
}

/** The command that makes executable what {@link whyNotRun} found not to be, in a text that contains its answer. */
export function executableRemedy(text: string): string | undefined {
  const program = /(\S+) is not executable/.exec(text)?.[1];
  return program === undefined ? undefined : `chmod +x ${program}`;
}

function isForOtherProcessor(program: string): boolean {
  const wanted = elfMachines[process.arch];
  const header = headerOf(program);
  if (wanted === undefined || header?.toString('latin1', 0, elfMagic.length) !== elfMagic) return false;
  return header.readUInt16LE(elfMachineAt) !== wanted;
}

/** Undefined for a file that may not be read. */
function headerOf(program: string): Buffer | undefined {
  try {
    const file = openSync(program, 'r');
    try {
      const header = Buffer.alloc(elfMachineAt + 2);
      readSync(file, header);
      return header;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
