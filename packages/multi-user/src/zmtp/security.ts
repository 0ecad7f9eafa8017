import type { KeyPair } from './curve/box.ts';
import { CurveHandshake } from './curve/handshake.ts';
import type { EncodedMessages, ZmtpFrame } from './frames.ts';
import type { Mechanism } from './greeting.ts';
import { NullHandshake } from './null-security.ts';
import type { Command, PeerProperties } from './ready.ts';

/** Which mechanisms a port takes: NULL, CURVE with these keys, or what the client wants of both. */
export interface Security {
  readonly isNullAllowed: boolean;
  /** Null: no CURVE. */
  readonly curve: KeyPair | null;
}

/** The handshake of a mechanism, or null: it is not for this port. */
export function handshakeOf(mechanism: Mechanism, { isNullAllowed, curve }: Security): Handshake | null {
  if (mechanism === 'CURVE') return curve === null ? null : new CurveHandshake(curve);
  return isNullAllowed ? new NullHandshake() : null;
}

/** What we say of ourselves to a client, or null where it is not of a kind that we talk to. */
export type Introduction = (peer: PeerProperties) => Readonly<Record<string, Uint8Array>> | null;

/** The handshake of one connection. */
export interface Handshake {
  /** Takes a command of the client; null: it is refused. */
  step(command: Command, introduce: Introduction): HandshakeStep | null;
}

/** What a command of the handshake leads to. */
export interface HandshakeStep {
  /** The body of the command to answer with. */
  readonly reply: Uint8Array;
  /** Who the client is and how to talk to it, once the handshake is done. */
  readonly opened: { readonly properties: PeerProperties; readonly channel: Channel } | null;
}

/** The frames of a connection after its handshake. */
export interface Channel {
  /** Bytes of a frame beyond those of its body. */
  readonly extraBytes: number;
  /** What a frame of the client holds, or null: it is refused. */
  open(frame: ZmtpFrame): ZmtpFrame | null;
  /** Messages as they go out, in pieces. */
  seal(messages: EncodedMessages): readonly Uint8Array[];
  /** A command as it goes out. */
  command(body: Uint8Array): Uint8Array;
}
