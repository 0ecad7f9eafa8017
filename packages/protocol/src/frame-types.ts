import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { isRefusal, type Refusal, refusal } from './errors.ts';
import { decodeFrame, encodeFrame, type Frame, type FrameParts } from './frame.ts';
import { HEADER_SCHEMAS } from './header-schemas.ts';

/** Who may send a frame. */
export type Direction = 'client' | 'server' | 'both';
/** The least role that may send a frame; `none` before and during login. */
export type LeastRole = 'none' | 'viewer' | 'editor' | 'admin';

interface FrameTypeRow {
  readonly number: number;
  readonly from: Direction;
  readonly role: LeastRole;
  readonly purpose: string;
}

/** The one table of frame types (F6); `docs/FRAMES.md` is made from it. */
export const FRAME_TYPES = {
  hello: { number: 1, from: 'client', role: 'none', purpose: 'Opens the conversation (H1).' },
  challenge: { number: 2, from: 'server', role: 'none', purpose: 'Asks for the proof of a password (H3).' },
  proof: { number: 3, from: 'client', role: 'none', purpose: 'The proof of a password (H3).' },
  welcome: { number: 4, from: 'server', role: 'none', purpose: 'Lets the client in (H1).' },
  refused: { number: 5, from: 'server', role: 'none', purpose: 'Does not let the client in (H1).' },
  bye: { number: 6, from: 'both', role: 'none', purpose: 'Ends the connection with a reason (T3).' },
  ping: { number: 7, from: 'server', role: 'none', purpose: 'Asks for a sign of life (U3).' },
  pong: { number: 8, from: 'client', role: 'viewer', purpose: 'Answers a ping (U3).' },
  commit: {
    number: 16,
    from: 'both',
    role: 'editor',
    purpose: 'A commit from a client; the same frame, stamped, is the event to everyone (F1, M7).',
  },
  ack: { number: 17, from: 'server', role: 'none', purpose: 'A commit is on disk (P1, C8).' },
  reject: {
    number: 18,
    from: 'server',
    role: 'none',
    purpose: 'A commit was refused; the payload has JSON details.',
  },
  have: {
    number: 19,
    from: 'client',
    role: 'editor',
    purpose: 'Names of chunks that a commit will need (K1).',
  },
  need: { number: 20, from: 'server', role: 'none', purpose: 'Those of them that the server lacks (K1).' },
  chunks: { number: 21, from: 'both', role: 'viewer', purpose: 'Contents of chunks, up or down (K1, S2).' },
  want: {
    number: 22,
    from: 'client',
    role: 'viewer',
    purpose: 'Names of chunks that the client lacks (S2).',
  },
  missing: { number: 23, from: 'server', role: 'none', purpose: 'Those that it cannot have (K2).' },
  sync: {
    number: 24,
    from: 'client',
    role: 'viewer',
    purpose: 'Asks for the state, whole or since a `seq` (S1, S7).',
  },
  manifest: { number: 25, from: 'server', role: 'none', purpose: 'One page of it (S1).' },
  stage: { number: 26, from: 'both', role: 'editor', purpose: 'A first publication under way (S5).' },
  presence: { number: 32, from: 'both', role: 'viewer', purpose: 'Where a user is; never stored (U2).' },
  roster: { number: 33, from: 'server', role: 'none', purpose: 'All users, as JSON in the payload (U1).' },
  digest: { number: 34, from: 'client', role: 'viewer', purpose: 'Asks for digests (D2).' },
  digests: {
    number: 35,
    from: 'server',
    role: 'none',
    purpose: 'Digests: id and digest, 48 bytes each (D2).',
  },
  command: { number: 36, from: 'client', role: 'viewer', purpose: 'An administrative command (A1).' },
  result: { number: 37, from: 'server', role: 'none', purpose: 'Answers a command.' },
  notice: { number: 38, from: 'server', role: 'none', purpose: 'Something that the user should know.' },
  history: { number: 40, from: 'client', role: 'viewer', purpose: 'Asks what was done, newest first (P4).' },
  entries: {
    number: 41,
    from: 'server',
    role: 'none',
    purpose: 'Answers it: a list of JSON objects in the payload.',
  },
  recall: { number: 42, from: 'client', role: 'viewer', purpose: 'Asks for the state at an event (P4).' },
  recalled: {
    number: 43,
    from: 'server',
    role: 'none',
    purpose: 'One page of that state, as in a manifest.',
  },
  compare: {
    number: 44,
    from: 'client',
    role: 'viewer',
    purpose: 'Asks what differs between the states at two events (P4).',
  },
  differences: {
    number: 45,
    from: 'server',
    role: 'none',
    purpose: 'One page of it: a JSON object a line for every datablock.',
  },
  restore: {
    number: 46,
    from: 'client',
    role: 'admin',
    purpose: 'Makes the state at an event the present one, by a commit (P4); answered by `result`.',
  },
} as const satisfies Record<keyof typeof HEADER_SCHEMAS, FrameTypeRow>;

/** Name of a frame type. */
export type FrameName = keyof typeof FRAME_TYPES;
/** The header of a frame type. */
export type Header<Name extends FrameName> = Static<(typeof HEADER_SCHEMAS)[Name]>;
/** A frame whose header has passed its schema. */
export type Message = {
  [Name in FrameName]: Omit<Frame, 'type' | 'header'> & {
    readonly name: Name;
    readonly header: Header<Name>;
  };
}[FrameName];
export type MessageOf<Name extends FrameName> = Extract<Message, { name: Name }>;

const byNumber = new Map(
  (Object.keys(FRAME_TYPES) as FrameName[]).map((name) => [
    FRAME_TYPES[name].number as number,
    { name, check: Compile(HEADER_SCHEMAS[name]) },
  ]),
);

/** The bytes of a message. `rest`: payload, codec and, for events, seq, author and time. */
export function encodeMessage<Name extends FrameName>(
  name: Name,
  header: Header<Name>,
  rest: Omit<FrameParts, 'type' | 'header'> = {},
): Uint8Array {
  return encodeFrame({ ...rest, type: FRAME_TYPES[name].number, header: header as Frame['header'] });
}

/**
 * Reads a message that came from `sender` (F2): the frame, its type, its direction, its header's schema, and, from
 * clients, that seq, author and time are 0.
 */
export function decodeMessage(bytes: Uint8Array, sender: 'client' | 'server'): Message | Refusal {
  const frame = decodeFrame(bytes);
  if (isRefusal(frame)) return frame;
  const row = byNumber.get(frame.type);
  if (row === undefined) return bad('unknown type');
  const { from } = FRAME_TYPES[row.name];
  if (from !== 'both' && from !== sender) return bad('wrong direction');
  if (sender === 'client' && (frame.seq !== 0 || frame.author !== 0 || frame.timeMs !== 0)) {
    return bad('seq, author and time from a client');
  }
  if (!row.check.Check(frame.header)) return bad(`header of ${row.name} out of schema`);
  const { codec, seq, author, timeMs, header, payload } = frame;
  return { name: row.name, codec, seq, author, timeMs, header, payload } as unknown as Message;
}

function bad(rule: string): Refusal {
  return refusal('bad-frame', `A frame broke a rule: ${rule}.`, { rule });
}
