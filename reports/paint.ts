import { styleText } from 'node:util';

export type Colour = Parameters<typeof styleText>[0];

/** Gives the text in a colour, or as it is where colours are not wanted. */
export type Paint = (colour: Colour, text: string) => string;

/** Leaves every text as it is. */
export const plain: Paint = (_colour, text) => text;

/**
 * Colours when the stream is a terminal or FORCE_COLOR asks for them, and never with NO_COLOR: Node's own rules.
 * Never throws, whatever the stream is.
 */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return wantsColours(stream) ? (colour, text) => styleText(colour, text, { validateStream: false }) : plain;
}

function wantsColours(stream: NodeJS.WritableStream): boolean {
  try {
    return styleText('red', '?', { stream, validateStream: true }) !== '?';
  } catch {
    return false;
  }
}
