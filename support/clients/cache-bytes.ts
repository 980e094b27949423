import { BrineError } from '../errors';

/** Text where the bytes are UTF-8, else the bytes as they are: nothing is lost. */
export function textOrBytes(bytes: Buffer): string | Buffer {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes;
}

/**
 * Bytes as steps and tables write them: `0x00ff` or `base64:AP8=`.
 * @throws BrineError BRINE_STEP_002 when the text is neither
 */
export function bytesFrom(text: string): Buffer {
  const hex = /^0x((?:[0-9a-f]{2})*)$/i.exec(text)?.[1];
  if (hex !== undefined) return Buffer.from(hex, 'hex');
  const base64 = /^base64:([A-Za-z0-9+/]*={0,2})$/.exec(text)?.[1];
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  throw new BrineError('BRINE_STEP_002', {
    place: `bytes "${text}"`,
    reason: 'they are written neither in hexadecimal digits nor in base64',
    advice: 'write "0x00ff" or "base64:AP8="',
  });
}
