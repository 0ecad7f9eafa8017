import { encodeMessage, type Message, type MessageOf, type Refusal, refusal } from '@sceneport/protocol';
import { objectionToFrame } from '../decode/permission.ts';
import { rejectFrame } from './answers.ts';
import { handleHave, handleUpload, handleWant } from './chunk-exchange.ts';
import { handleCommit } from './commits.ts';
import { handleHistory } from './history/history-frames.ts';
import type { Member } from './member.ts';
import type { Session } from './session.ts';

/** What comes of a frame: nothing to wait for, or a refusal that ends the connection. */
export type Outcome = Refusal | undefined | Promise<Refusal | undefined>;

/** Answers an administrative command (A1). */
export type CommandHandler = (
  session: Session,
  member: Member,
  message: MessageOf<'command'>,
) => Promise<undefined>;

/** Passes the frame of a member to who deals with it. */
export function dispatch(
  session: Session,
  member: Member,
  message: Message,
  frame: Uint8Array,
  onCommand: CommandHandler,
): Outcome {
  const objection = objectionToFrame(message.name, member.role);
  if (objection !== null) return answerObjection(member, message, objection);
  const outlet = member.peer!.outlet;
  switch (message.name) {
    case 'commit':
      return handleCommit(session, member, message, frame);
    case 'have':
      return handleHave(session, member, message);
    case 'chunks':
      return handleUpload(session, member, message);
    case 'want':
      return handleWant(session, member, message);
    case 'sync':
      return handleSync(session, member, message);
    case 'presence':
      session.presence.set(member.number, message.header);
      return undefined;
    case 'stage':
      session.stage.announce(member, message.header);
      return undefined;
    case 'digest':
      return session.digests.frames(message.header).then((frames) => {
        for (const answer of frames) outlet.post(answer);
        return undefined;
      });
    case 'history':
    case 'recall':
    case 'compare':
    case 'restore':
      return handleHistory(session, member, message);
    case 'command':
      return onCommand(session, member, message);
    default:
      return refusal('bad-frame', 'A frame broke a rule: frame out of order.', {
        rule: 'frame out of order',
      });
  }
}

async function handleSync(session: Session, member: Member, message: MessageOf<'sync'>): Promise<undefined> {
  const { from, at, page, epoch } = message.header;
  const outlet = member.peer!.outlet;
  const goesOn = epoch === undefined || session.continues({ epoch, seq: from });
  const kept = at === undefined || !goesOn ? null : await session.manifests.kept(at);
  if (kept === null) await outlet.sync(goesOn ? from : 0);
  else outlet.sendManifest(kept, Math.min(page ?? 0, kept.frames.length));
}

/** A role that does not reach is no broken frame: the frame is answered and the connection goes on (A1). */
function answerObjection(member: Member, message: Message, refused: Refusal): undefined {
  const outlet = member.peer!.outlet;
  const { code, message: text } = refused;
  if (message.name === 'commit') outlet.post(rejectFrame(message.header.counter, refused));
  else if (message.name === 'restore') {
    const { request } = message.header;
    outlet.post(encodeMessage('result', { request, error: { code, message: text } }));
  } else {
    outlet.post(encodeMessage('notice', { level: 'error', code, message: text }));
  }
}
