import { isUtf8 } from 'node:buffer';
import { jsonOrText } from '../matching';

/** Bytes as features see them: text where they are UTF-8, else `0x` and their hexadecimal digits. */
export function textOfBytes(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : `0x${bytes.toString('hex')}`;
}

/**
 * The one place where the payload of an event becomes a value: JSON where it is JSON, else text, bytes in hexadecimal digits
 * when it is no text.
 */
export function valueOfPayload(payload: Buffer): unknown {
  return jsonOrText(textOfBytes(payload));
}
