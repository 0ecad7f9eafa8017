import type { Clock, Member } from '@sceneport/server';
import type { Dialect, Outgoing, Way } from '../dialect/dialect.ts';
import type { PickleDict } from '../pickle/value.ts';
import { type EncodedMessages, encodeMessages } from '../zmtp/frames.ts';
import type { ZmtpPeer } from '../zmtp/peer.ts';
import { Corrections } from './corrections.ts';

/** A client with more than this waiting gets the newest state of a node later instead of every change of it now (U4). */
const DATA_WINDOW_BYTES = 8 * 1024 * 1024;
/** Commands cannot be left out: a client that leaves so much of them is sent away. */
const COMMAND_WINDOW_BYTES = 8 * 1024 * 1024;

/** A message as bytes, the same for all clients of a generation. */
export interface Encoded {
  readonly way: Way;
  readonly encoded: EncodedMessages;
}

/** Encodes once what goes to many. */
export function encode({ way, messages }: Outgoing): Encoded {
  return { way, encoded: encodeMessages(messages) };
}

/** How far a client is. */
export type Phase =
  /** Logged in, and has nothing of the session. */
  | { readonly kind: 'lobby' }
  /** Fetches the nodes of a catalog; those it has not asked for yet. */
  | { readonly kind: 'joining'; readonly awaited: Set<string> }
  | { readonly kind: 'active' };

/** One logged-in client of the old kind: a member of the session, and the connections that are its. */
export class Client {
  readonly name: string;
  readonly member: Member;
  readonly isAdmin: boolean;
  readonly dialect: Dialect;
  /** Its release. */
  readonly version: string;
  readonly command: ZmtpPeer;
  readonly corrections: Corrections;
  /** Nodes that are being read for it, and the last event that is in what is read. */
  readonly reading = new Map<string, number>();
  data: ZmtpPeer | null = null;
  phase: Phase = { kind: 'lobby' };
  metadata: PickleDict = new Map();
  latencyMs = 999;
  heardMs: number;

  constructor(
    name: string,
    member: Member,
    isAdmin: boolean,
    dialect: Dialect,
    version: string,
    command: ZmtpPeer,
    clock: Clock,
  ) {
    this.name = name;
    this.member = member;
    this.isAdmin = isAdmin;
    this.dialect = dialect;
    this.version = version;
    this.command = command;
    this.corrections = new Corrections(clock);
    this.heardMs = clock.now();
  }

  /** Sends a message; false where it must come another time: the connection is full or not there. */
  send({ way, encoded }: Encoded): boolean {
    if (way === 'data') {
      if (this.data === null || !this.hasRoom) return false;
      this.data.send(encoded);
      return true;
    }
    if (this.command.pendingBytes > COMMAND_WINDOW_BYTES) this.command.destroy();
    else this.command.send(encoded);
    return true;
  }

  /** True while its data connection takes more. */
  get hasRoom(): boolean {
    return this.data !== null && this.data.pendingBytes < DATA_WINDOW_BYTES;
  }

  /** True when changes of the node are for it now: it will not fetch the node itself. */
  follows(id: string): boolean {
    return this.phase.kind === 'active' || (this.phase.kind === 'joining' && !this.phase.awaited.has(id));
  }

  /** True when the change of event `seq` comes with what is being read, or with what will be read after it. */
  isReading(id: string, seq: number): boolean {
    const readSeq = this.reading.get(id);
    if (readSeq !== undefined && seq > readSeq) this.corrections.owe(id);
    return readSeq !== undefined;
  }

  /** Tells the reason and closes once it has left. */
  dismiss(reason: string): void {
    this.send(encode(this.dialect.disconnect(reason)));
    this.command.end();
    this.data?.end();
  }
}
