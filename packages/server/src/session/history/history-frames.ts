import {
  arrayBytes,
  CODEC,
  cutManifest,
  type Datablock,
  deflate,
  differencesText,
  encodeMessage,
  type HistoryEntry,
  isRefusal,
  LIMITS,
  type MessageOf,
  manifestText,
  type Refusal,
  refusal,
  utf8,
} from '@sceneport/protocol';
import type { Member } from '../member.ts';
import type { Session } from '../session.ts';

/** Frames that ask for the history (P4). */
export type HistoryQuestion = MessageOf<'history' | 'recall' | 'compare' | 'restore'>;

/** Text of the entries in one answer, bytes. */
const ENTRIES_TEXT_BYTES = LIMITS.frameBytes - 2 * LIMITS.headerBytes;

/**
 * Answers a question for the history, beside whatever else the member asks meanwhile; but one at a time, since each may
 * cost as much as joining does.
 */
export function handleHistory(session: Session, member: Member, message: HistoryQuestion): undefined {
  const { request } = message.header;
  const { peer } = member;
  const refuse = ({ code, message: text }: Refusal): undefined => {
    peer?.outlet.post(encodeMessage('result', { request, error: { code, message: text } }));
  };
  if (member.isReadingHistory) return refuse(refusal('slow-down'));
  member.isReadingHistory = true;
  answer(session, member, message)
    .then(async (frames) => {
      if (isRefusal(frames)) return refuse(frames);
      for (const frame of frames) {
        peer?.outlet.post(frame);
        await peer?.outlet.whenRoom();
      }
    })
    .catch((error: unknown) => {
      session.context.log.error('the history cannot be read', {
        session: session.name,
        error: String(error),
      });
      refuse(refusal('internal'));
    })
    .finally(() => {
      member.isReadingHistory = false;
    });
  return undefined;
}

function answer(session: Session, member: Member, message: HistoryQuestion): Promise<Uint8Array[] | Refusal> {
  switch (message.name) {
    case 'history':
      return entriesFrames(session, message);
    case 'recall':
      return recalledFrames(session, message);
    case 'compare':
      return differencesFrames(session, message);
    case 'restore':
      return restoredFrames(session, member, message);
  }
}

async function entriesFrames(session: Session, { header }: MessageOf<'history'>): Promise<Uint8Array[]> {
  const { request, limit, before = Number.MAX_SAFE_INTEGER } = header;
  const { oldest, newest } = session.history.range;
  const entries = await session.history.entries(before, limit);
  const payload = await deflate(entriesText(entries));
  return [encodeMessage('entries', { request, oldest, newest }, { payload, codec: CODEC.deflate })];
}

/** As many of the newest entries as fit a frame. */
function entriesText(entries: readonly HistoryEntry[]): Uint8Array {
  const text = utf8(JSON.stringify(entries));
  return text.length <= ENTRIES_TEXT_BYTES ? text : entriesText(entries.slice(0, entries.length >> 1));
}

async function recalledFrames(
  session: Session,
  { header }: MessageOf<'recall'>,
): Promise<Uint8Array[] | Refusal> {
  const { request, at } = header;
  const past = await session.history.recall(at);
  if (isRefusal(past)) return past;
  const datablocks = [...past.state.datablocks.values()];
  const whole = {
    request,
    at,
    datablocks: datablocks.length,
    arrayBytes: datablocks.reduce((sum, datablock) => sum + bytesOf(datablock), 0),
  };
  return pagesOf(manifestText(datablocks), (page, pages, payload) =>
    encodeMessage('recalled', { ...whole, page, pages }, payload),
  );
}

async function differencesFrames(
  session: Session,
  { header }: MessageOf<'compare'>,
): Promise<Uint8Array[] | Refusal> {
  const differences = await session.history.compare(header.from, header.to);
  if (isRefusal(differences)) return differences;
  return pagesOf(differencesText(differences), (page, pages, payload) =>
    encodeMessage('differences', { ...header, page, pages }, payload),
  );
}

async function restoredFrames(
  session: Session,
  member: Member,
  { header }: MessageOf<'restore'>,
): Promise<Uint8Array[] | Refusal> {
  const value = await session.history.restore(header.at, member.number);
  return isRefusal(value) ? value : [encodeMessage('result', { request: header.request, value })];
}

/** Pages of a text, at least one. */
async function pagesOf(
  text: Uint8Array,
  frame: (page: number, pages: number, content: { payload: Uint8Array; codec: number }) => Uint8Array,
): Promise<Uint8Array[]> {
  const payloads = await Promise.all(cutManifest(text));
  if (payloads.length === 0) payloads.push(await deflate(text));
  return payloads.map((payload, page) => frame(page, payloads.length, { payload, codec: CODEC.deflate }));
}

function bytesOf({ groups }: Datablock): number {
  let size = 0;
  for (const { arrays } of groups.values()) {
    for (const { dtype, shape } of arrays.values()) size += arrayBytes(dtype, shape) ?? 0;
  }
  return size;
}
