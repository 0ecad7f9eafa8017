import {
  batchChunks,
  type ChunkName,
  decodeChunks,
  decodeNames,
  encodeChunks,
  encodeMessage,
  encodeNames,
  type MessageOf,
  type PackedChunk,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { Member } from './member.ts';
import type { Session } from './session.ts';

/** Names that one member may have waiting to be sent. */
const MAX_WANTED = 262_144;
/** Chunks read from the disk at once: so many bytes of content, and no more than that many. */
const BYTES_PER_READ = 192 * 1024;
const CHUNKS_PER_READ = 512;

/** `have`: tells which chunks are missing, and keeps the others for the commit that is to name them (K1, K4). */
export function handleHave(
  session: Session,
  member: Member,
  message: MessageOf<'have'>,
): Refusal | undefined | Promise<Refusal | undefined> {
  const stored = member.uploads.whenStored();
  if (stored !== undefined) return stored.then((refused) => refused ?? answerHave(session, member, message));
  return answerHave(session, member, message);
}

function answerHave(session: Session, member: Member, message: MessageOf<'have'>): Refusal | undefined {
  const names = decodeNames(message.payload);
  if (names === null) return bad('names of chunks');
  session.chunks.renew(names);
  const payload = encodeNames(session.chunks.missing(names));
  member.peer?.outlet.post(encodeMessage('need', message.header, { payload }));
}

/** `chunks` from a client: verified and stored with the next transaction; who sends too much unused is told (K1, K4). */
export function handleUpload(
  session: Session,
  member: Member,
  message: MessageOf<'chunks'>,
): Promise<Refusal | undefined> | Refusal | undefined {
  const chunks = decodeChunks(message.header.items, message.payload);
  if (chunks === null) return bad('sizes of chunks');
  const { peer } = member;
  const stored = store(session, member, chunks).then((refused) => {
    if (refused !== undefined) peer?.dismiss(refused.code, refused.message);
    return refused;
  });
  return member.uploads.add(stored, message.payload.length);
}

async function store(
  session: Session,
  member: Member,
  chunks: readonly PackedChunk[],
): Promise<Refusal | undefined> {
  const { unnamedBytes } = session.context.limits;
  if (session.chunks.unnamedBytes(member.number) + member.uploads.pendingBytes >= unnamedBytes) {
    const { code, message } = refusal('quota-exceeded');
    member.peer?.outlet.post(encodeMessage('notice', { level: 'error', code, message }));
    return undefined;
  }
  const stored = await session.storeChunks(
    chunks.map((chunk) => ({ ...chunk, bytes: new Uint8Array(chunk.bytes) })),
  );
  if (stored === null) return undefined;
  if (stored.includes(null)) return bad('damaged chunk');
  stored.forEach((chunk, index) => {
    session.chunks.uploaded(chunk!, member.number, chunks[index]!.bytes.length);
  });
  return undefined;
}

/** `want`: queues chunks that this member may read, and names the others (S2, K2). */
export function handleWant(
  session: Session,
  member: Member,
  message: MessageOf<'want'>,
): Refusal | undefined {
  const names = decodeNames(message.payload);
  if (names === null) return bad('names of chunks');
  const outlet = member.peer!.outlet;
  if (outlet.wantedCount + names.length > MAX_WANTED) return refusal('slow-down');
  const readable = names.filter((name) => session.chunks.isReadable(name));
  if (readable.length < names.length) {
    const missing = names.filter((name) => !session.chunks.isReadable(name));
    outlet.post(encodeMessage('missing', {}, { payload: encodeNames(missing) }));
  }
  if (readable.length > 0) outlet.want(readable);
}

/** Frames with the next chunks of those a member waits for; names without one are told as missing. */
export async function nextChunks(
  session: Session,
  wanted: readonly ChunkName[],
): Promise<{ frames: Uint8Array[]; answered: number }> {
  const names = wanted.slice(0, countToRead(session, wanted));
  const chunks = await session.chunks.packed(names);
  const found = chunks.filter((chunk) => chunk !== null);
  const frames = batchChunks(found).map((batch) => {
    const { header, payload } = encodeChunks(batch);
    return encodeMessage('chunks', header as MessageOf<'chunks'>['header'], { payload });
  });
  const missing = names.filter((_, index) => chunks[index] === null);
  if (missing.length > 0) frames.push(encodeMessage('missing', {}, { payload: encodeNames(missing) }));
  return { frames, answered: names.length };
}

function countToRead({ chunks }: Session, wanted: readonly ChunkName[]): number {
  let bytes = 0;
  let count = 0;
  while (count < Math.min(wanted.length, CHUNKS_PER_READ) && bytes < BYTES_PER_READ) {
    bytes += chunks.sizeOf(wanted[count]!) ?? 0;
    count++;
  }
  return count;
}

function bad(rule: string): Refusal {
  return refusal('bad-frame', `A frame broke a rule: ${rule}.`, { rule });
}
