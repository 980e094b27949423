import type { Attachment, Envelope, TestStep, TestStepResult } from '@cucumber/messages';
import type { Mask } from '../support/errors';

/**
 * Masks what a message tells of the run: errors and attachments. Changes the message itself, which all formatters
 * share, so it must come before them. What describes the scenarios stays: it is still to be executed.
 */
export function maskResults(envelope: Envelope, mask: Mask): void {
  const { attachment, testStepFinished, testRunHookFinished, testRunFinished } = envelope;
  if (attachment) maskAttachment(attachment, mask);
  if (testStepFinished && !isSilent(testStepFinished.testStepResult))
    maskInPlace(testStepFinished.testStepResult, mask);
  if (testRunHookFinished) maskInPlace(testRunHookFinished.result, mask);
  if (testRunFinished) maskInPlace(testRunFinished, mask);
}

/**
 * Gives each message of a run with every text in it masked, for those that are written down as they come: a copy, where
 * there is anything to mask.
 */
export function messageMasker(mask: Mask): (envelope: Envelope) => Envelope {
  const maskedTexts = new Map<string, string>();
  return (envelope) => {
    if (isBare(envelope)) return envelope;
    const masked = isClean(envelope, mask) ? envelope : maskedCopy(envelope, mask);
    for (const { id, text } of masked.pickle?.steps ?? [])
      if (text.includes('***')) maskedTexts.set(id, text);
    return withMaskedArguments(masked, maskedTexts);
  };
}

function maskedCopy(envelope: Envelope, mask: Mask): Envelope {
  const copy = structuredClone(envelope);
  maskMessage(copy, mask);
  return copy;
}

/** Whether masking changes nothing. What an attachment holds is not known before. */
function isClean(envelope: Envelope, mask: Mask): boolean {
  return envelope.attachment === undefined && isCleanNode(envelope, mask);
}

function isCleanNode(node: unknown, mask: Mask): boolean {
  if (typeof node === 'string') return mask(node) === node;
  if (typeof node !== 'object' || node === null) return true;
  return Object.values(node).every((value) => isCleanNode(value, mask));
}

/** Most messages of a run have no text: identifiers, times and states only. */
function isBare({
  testStepStarted,
  testStepFinished,
  testCaseStarted,
  testCaseFinished,
  testRunHookStarted,
}: Envelope): boolean {
  if (testStepFinished) return isSilent(testStepFinished.testStepResult);
  return (testStepStarted ?? testCaseStarted ?? testCaseFinished ?? testRunHookStarted) !== undefined;
}

function isSilent({ message, exception }: TestStepResult): boolean {
  return message === undefined && exception === undefined;
}

/** An argument that the step's text does not show any more was recognised by the words around it. */
function withMaskedArguments(envelope: Envelope, texts: ReadonlyMap<string, string>): Envelope {
  const isMasked = ({ pickleStepId = '' }: TestStep) => texts.has(pickleStepId);
  if (envelope.testCase?.testSteps.some(isMasked) !== true) return envelope;
  const copy = structuredClone(envelope);
  for (const step of copy.testCase?.testSteps ?? []) maskArguments(step, texts.get(step.pickleStepId ?? ''));
  return copy;
}

function maskArguments({ stepMatchArgumentsLists }: TestStep, text: string | undefined): void {
  if (text === undefined) return;
  maskInPlace(
    stepMatchArgumentsLists?.flatMap(({ stepMatchArguments }) =>
      stepMatchArguments.map(({ group }) => group),
    ),
    (value) => (text.includes(value) ? value : '***'),
  );
}

/** Masks every text of a message, in the message itself: only when nothing of it is to be executed any more. */
export function maskMessage(envelope: Envelope, mask: Mask): void {
  if (envelope.attachment) maskAttachment(envelope.attachment, mask);
  else maskInPlace(envelope, mask);
}

function maskInPlace(node: unknown, mask: Mask): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (typeof value !== 'string') {
      maskInPlace(value, mask);
      continue;
    }
    const masked = mask(value);
    if (masked !== value) Reflect.set(node, key, masked);
  }
}

const readable = /^text\/|[/+](json|xml|plain|yaml|x-ndjson|x-www-form-urlencoded|graphql)\b/;

function maskAttachment(attachment: Attachment, mask: Mask): void {
  if (attachment.contentEncoding === 'IDENTITY') attachment.body = mask(attachment.body);
  else if (readable.test(attachment.mediaType)) attachment.body = maskedBase64(attachment.body, mask);
}

function maskedBase64(body: string, mask: Mask): string {
  return Buffer.from(mask(Buffer.from(body, 'base64').toString('utf8')), 'utf8').toString('base64');
}
