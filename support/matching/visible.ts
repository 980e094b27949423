/**
 * What the eye cannot see, or takes for something else: signs without width, those that turn the direction of a text, white space that is
 * no ordinary space, control signs. A joiner within an emoji is part of it.
 */
const invisible = /(?![ \t\n\r])(?:[\p{Cc}\p{Cf}\p{Z}\u115f\u1160\u2800\u3164\uffa0]|\u034f)/gu;
const joinerOfEmoji =
  /(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})/gu;

/** Whether a text holds what cannot be seen; line breaks and tabs apart. */
export function hasInvisible(text: string): boolean {
  return text.replace(joinerOfEmoji, '').search(invisible) !== -1;
}

/** The text without what cannot be seen. */
export function withoutInvisible(text: string): string {
  return mapInvisible(text, () => '');
}

/** A text in double quotes, as JSON has it, with what cannot be seen as `\u200b`. */
export function quoted(text: string): string {
  const json = JSON.stringify(text);
  return hasInvisible(json) ? visible(json) : json;
}

/** As {@link quoted}, for what is quoted already. */
export function visible(text: string): string {
  return mapInvisible(text, escaped);
}

function mapInvisible(text: string, change: (sign: string) => string): string {
  const parts = text.split(joinerOfEmoji);
  return parts.map((part) => part.replace(invisible, change)).join('\u200d');
}

function escaped(sign: string): string {
  return Array.from({ length: sign.length }, (_, at) => sign.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
