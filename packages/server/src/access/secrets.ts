import { createHash, randomBytes } from 'node:crypto';
import { toBase32, toBase64 } from '@sceneport/protocol';

/** What is stored of a token or a resume secret: SHA-256 as hexadecimal digits (I2). */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** The token of an invite: 128 random bits as 26 letters (I1). */
export function newToken(): string {
  return toBase32(randomBytes(16));
}

/** A secret with which a user comes back (H6). */
export function newResumeSecret(): string {
  return toBase64(randomBytes(24));
}

/** An epoch: 128 random bits as hexadecimal digits (H6). */
export function newEpoch(): string {
  return randomBytes(16).toString('hex');
}
