import type { ErrorCode } from '@sceneport/protocol';

/** Refusals after which trying again changes nothing: the user must do something first. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  'bad-frame',
  'bad-invite',
  'bad-token',
  'banned',
  'kicked',
  'no-such-session',
  'not-allowed',
  'replaced',
  'session-ended',
  'unknown-server',
  'version',
  'wrong-login',
  'wrong-server',
]);

/** True when a client that is told `code` does not come back by itself (H6). */
export function isFinal(code: ErrorCode): boolean {
  return FINAL.has(code);
}
