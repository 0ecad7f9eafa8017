import { type Applied, encodeMessage, type Header, LIMITS, type Refusal, utf8 } from '@sceneport/protocol';

/** Room for the list of overwritten paths in the header of an acknowledgement, bytes. */
const OVERWRITTEN_BYTES = LIMITS.headerBytes - 1024;
const MAX_OVERWRITTEN = 64;
/** Room for the details of a refusal, bytes. */
const DETAILS_BYTES = LIMITS.frameBytes - 2 * LIMITS.headerBytes;

/** The acknowledgement of a commit: what it overwrote is listed as far as it fits, and counted whole (C8). */
export function ackFrame(
  counter: number,
  seq: number,
  { overwritten }: Pick<Applied, 'overwritten'>,
): Uint8Array {
  if (overwritten.length === 0) return encodeMessage('ack', { counter, seq });
  const listed: NonNullable<Header<'ack'>['overwritten']> = [];
  let room = OVERWRITTEN_BYTES;
  for (const { id, path, author, seq: writtenSeq } of overwritten.slice(0, MAX_OVERWRITTEN)) {
    room -= path.length + 80;
    if (room < 0) break;
    listed.push([id, path, author, writtenSeq]);
  }
  return encodeMessage('ack', { counter, seq, overwritten: listed, overwrittenCount: overwritten.length });
}

/** The refusal of a commit, its details as JSON in the payload; lists in them are cut to what fits a frame. */
export function rejectFrame(counter: number, { code, message, details }: Refusal): Uint8Array {
  const payload = details === undefined ? new Uint8Array(0) : detailsPayload(details);
  return encodeMessage('reject', { counter, code, message }, { payload });
}

function detailsPayload(details: Readonly<Record<string, unknown>>): Uint8Array {
  let fitting = details;
  for (;;) {
    const bytes = utf8(JSON.stringify(fitting));
    if (bytes.length <= DETAILS_BYTES) return bytes;
    fitting = Object.fromEntries(
      Object.entries(fitting).map(([key, value]) => [
        key,
        Array.isArray(value) ? value.slice(0, Math.floor(value.length / 2)) : value,
      ]),
    );
  }
}
