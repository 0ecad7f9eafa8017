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
  const json = utf8(JSON.stringify(value));
  if (json.length <= LIMITS.headerBytes - 128) return encodeMessage('result', { request, value });
  const isTooLong = json.length > LIMITS.frameBytes - LIMITS.headerBytes;
  return isTooLong
    ? resultFrame(request, refusal('too-large'))
    : encodeMessage('result', { request }, { payload: json });
}
