import { promisify } from 'node:util';
import { constants, inflate, inflateRaw } from 'node:zlib';

/** As superagent has it for the other codings. */
const mostBytes = 200_000_000;

/** Whether a body has the coding `deflate`, by its header. */
export function isDeflated(headers: Readonly<Record<string, unknown>>): boolean {
  return /^\s*deflate\s*$/i.test(String(headers['content-encoding'] ?? ''));
}

/**
 * A body of the coding `deflate`, which is in the format of zlib, as RFC 9110 (8.4.1.2) has it, or without its header and
 * checksum, as some servers send it and browsers take it. Of one that was cut off, as much as there is.
 * @throws Error zlib's, where it is neither; another one where it is larger than 200 MB
 */
export async function inflated(bytes: Buffer): Promise<Buffer> {
  if (bytes.length === 0) return bytes;
  try {
    return await promisify(inflate)(bytes, {
      maxOutputLength: mostBytes,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch (error) {
    return await rawly(bytes, error);
  }
}

/** @param fault why it is not in the format of zlib, which is told where it is not without it either */
async function rawly(bytes: Buffer, fault: unknown): Promise<Buffer> {
  assertNotTooLarge(fault);
  try {
    return await promisify(inflateRaw)(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    assertNotTooLarge(error);
    throw fault;
  }
}

function assertNotTooLarge(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') return;
  throw new Error('Maximum response size reached', { cause: error }); // as superagent says it of other bodies
}
