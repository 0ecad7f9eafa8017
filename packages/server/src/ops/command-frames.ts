import {
  encodeMessage,
  isRefusal,
  LIMITS,
  type MessageOf,
  type Refusal,
  refusal,
  utf8,
} from '@sceneport/protocol';
import type { Member } from '../session/member.ts';
import type { Session } from '../session/session.ts';
import { type Operations, runCommand } from './commands.ts';

/** Runs a command that came from a member, and answers it. */
export async function answerCommand(
  operations: Operations,
  session: Session,
  member: Member,
  { header }: MessageOf<'command'>,
): Promise<undefined> {
  const caller = { kind: 'member', session, member } as const;
  const value = await runCommand(operations, header.name, header.arguments, caller);
  member.peer?.outlet.post(resultFrame(header.request, value));
}

function resultFrame(request: number, value: unknown | Refusal): Uint8Array {
  if (isRefusal(value)) {
    const { code, message } = value;
    return encodeMessage('result', { request, error: { code, message } });
  }
  const isTooLong = utf8(JSON.stringify(value)).length > LIMITS.headerBytes - 128;
  return isTooLong ? resultFrame(request, refusal('too-large')) : encodeMessage('result', { request, value });
}
