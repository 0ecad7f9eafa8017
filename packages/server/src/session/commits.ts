import {
  type Applied,
  isRefusal,
  type MessageOf,
  type Refusal,
  refusal,
  sameBytes,
} from '@sceneport/protocol';
import { commitHash, type ReadCommit, readCommit } from '../decode/commit-reader.ts';
import { ackFrame } from './answers.ts';
import type { Member } from './member.ts';
import type { Session } from './session.ts';

/** Accepted commit ids of a user that are recognised when they come again (C7). */
export const REMEMBERED_COUNTERS = 100_000;

/**
 * A commit on its way from the frame to the sequencer. Answers with `ack` once it is durable or with `reject`; a
 * refusal that is returned ends the connection (F2).
 */
export function handleCommit(
  session: Session,
  member: Member,
  message: MessageOf<'commit'>,
  frame: Uint8Array,
): Refusal | undefined | Promise<Refusal | undefined> {
  const stored = member.uploads.whenStored();
  if (stored === undefined) return handleStored(session, member, message, frame);
  return stored.then((refused) => refused ?? handleStored(session, member, message, frame));
}

/** A commit whose uploads are all stored. */
function handleStored(
  session: Session,
  member: Member,
  message: MessageOf<'commit'>,
  frame: Uint8Array,
): Refusal | undefined | Promise<Refusal | undefined> {
  if (message.header.counter === 0)
    return refusal('bad-frame', undefined, { rule: 'commit without a number' });
  const hash = commitHash(frame);
  if (message.header.counter <= session.commitIds.last(member.number))
    return handleAgain(session, member, message, frame, hash);
  return handleNew(session, member, message, frame, hash);
}

function handleNew(
  session: Session,
  member: Member,
  message: MessageOf<'commit'>,
  frame: Uint8Array,
  hash: Uint8Array,
): Refusal | undefined | Promise<Refusal | undefined> {
  const read = readCommit(message, frame, hash, session.chunks);
  if (read instanceof Promise) return read.then((whole) => sequence(session, member, message, whole));
  return sequence(session, member, message, read);
}

/** A counter that is not new: the same commit once more, one that was rejected before, or none that is known (C7). */
async function handleAgain(
  session: Session,
  member: Member,
  message: MessageOf<'commit'>,
  frame: Uint8Array,
  hash: Uint8Array,
): Promise<Refusal | undefined> {
  const { counter } = message.header;
  const inFlight = session.sequencer.inFlight(member.number, counter);
  if (inFlight !== null) return sameBytes(inFlight, hash) ? undefined : otherBytes();
  if (counter <= session.commitIds.last(member.number) - REMEMBERED_COUNTERS) {
    session.reject(member, counter, refusal('too-old'));
    return undefined;
  }
  const accepted = await session.storage.findCommit(member.number, counter);
  if (accepted === null) return handleNew(session, member, message, frame, hash);
  if (!sameBytes(accepted.hash, hash)) return otherBytes();
  const ack = ackFrame(counter, accepted.seq, { overwritten: [] });
  member.peer?.outlet.acknowledge(accepted.seq, ack);
  return undefined;
}

function sequence(
  session: Session,
  member: Member,
  message: MessageOf<'commit'>,
  commit: ReadCommit | Refusal,
): Refusal | undefined {
  const { counter, publish } = message.header;
  const reject = (refused: Refusal) => session.reject(member, counter, refused);
  if (isRefusal(commit)) {
    if (commit.code === 'bad-frame') return commit;
    return void reject(commit);
  }
  const objection = objectionTo(commit, session, member);
  if (objection !== null) return void reject(objection);
  const seq = session.sequencer.submit(commit, member, (outcome: Applied | Refusal) => {
    if (isRefusal(outcome)) return reject(outcome);
    member.peer?.outlet.acknowledge(seq as number, ackFrame(counter, seq as number, outcome));
    if (publish === true) session.entrance.published(member);
  });
  if (isRefusal(seq)) return seq.code === 'bad-frame' ? seq : void reject(seq);
  session.commitIds.accepted(member.number, counter);
  return undefined;
}

/** What speaks against a commit before its operations are looked at one by one (S5, A3). */
function objectionTo({ header, body }: ReadCommit, session: Session, member: Member): Refusal | null {
  const isEmpty = session.sequencer.state.datablocks.size === 0;
  if (header.publish === true && !isEmpty) return refusal('already-initialised');
  const givesAway = body.operations.some(
    (operation) => operation.op === 'own' && operation.user !== undefined && operation.user !== member.number,
  );
  if (givesAway && member.role !== 'admin') return refusal('not-allowed');
  return isEmpty ? session.stage.objection(member) : null;
}

function otherBytes(): Refusal {
  return refusal('bad-frame', 'A frame broke a rule: commit id used twice.', {
    rule: 'commit id used twice',
  });
}
