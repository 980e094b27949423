import { randomBytes } from 'node:crypto';

const bytesOfUuid = 16;
const bytesOfCount = 4;

/** What stands where there is no id (Kafka's Uuid.ZERO_UUID). Ids are as Kafka prints them: base64 for URLs, without padding. */
export const noUuid = Buffer.alloc(bytesOfUuid).toString('base64url');

/**
 * Gives ids, each different from all others of this broker.
 * @param isRandom whether those of another broker are different, too; else they are the same in every run
 */
export function idsOfTopics(isRandom: boolean): () => string {
  const prefix = isRandom
    ? randomBytes(bytesOfUuid - bytesOfCount)
    : Buffer.alloc(bytesOfUuid - bytesOfCount);
  prefix[0] = 0; // As Kafka's, none begins with a hyphen, which would make it an option of a command.
  let count = 0;
  return () => {
    const last = Buffer.alloc(bytesOfCount);
    last.writeUInt32BE(++count);
    return Buffer.concat([prefix, last]).toString('base64url');
  };
}
