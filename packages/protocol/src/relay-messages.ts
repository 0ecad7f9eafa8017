import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { concat, utf8 } from './bytes.ts';
import { parseJson } from './json.ts';

const closed = { additionalProperties: false };
const Hex32 = Type.String({ pattern: '^[0-9a-f]{32}$' });
const Code = Type.String({ pattern: '^[a-z2-7]{52}$' });
const Host = Type.String({ minLength: 1, maxLength: 255 });
const Port = Type.Integer({ minimum: 1, maximum: 65535 });
const Request = Type.Integer({ minimum: 0, maximum: 0xffffffff });
const Text = Type.String({ maxLength: 512 });
const Base64 = Type.String({ maxLength: 512 });

/** What a relay says on a control connection (W3, W4, W6). */
const FromRelay = Type.Union([
  Type.Object({ kind: Type.Literal('challenge'), nonce: Base64 }, closed),
  /** The code is registered. `address`: where the relay sees this side's connection come from. */
  Type.Object({ kind: Type.Literal('registered'), code: Code, address: Host, port: Port }, closed),
  /** Somebody at `address` wants in: a leg is to be opened. */
  Type.Object({ kind: Type.Literal('open'), leg: Hex32, code: Code, address: Host }, closed),
  /** To a server: somebody will dial from this address; a leg is to be opened, and the address dialled from its port (W12). */
  Type.Object({ kind: Type.Literal('punch'), leg: Hex32, code: Code, address: Host, port: Port }, closed),
  /** To who wants to punch: the server dials from this address. */
  Type.Object({ kind: Type.Literal('dial'), address: Host, port: Port }, closed),
  Type.Object({ kind: Type.Literal('ping') }, closed),
  /** What dialling back found: null where the server with a registered code answers, else why not. */
  Type.Object(
    { kind: Type.Literal('reached'), request: Request, failure: Type.Union([Type.Null(), Text]) },
    closed,
  ),
  /** The connection ends, and why. */
  Type.Object({ kind: Type.Literal('refused'), code: Text, message: Text }, closed),
]);

/** What a server, or a joiner that wants a straight way, says on a control connection (W3, W6, W7, W12). */
const FromHost = Type.Union([
  /** The key, DER of its SubjectPublicKeyInfo, and its signature under {@link relayStatement}, both base64. */
  Type.Object({ kind: Type.Literal('register'), key: Base64, signature: Base64 }, closed),
  Type.Object({ kind: Type.Literal('pong') }, closed),
  /** Of a joiner: wants a straight way to the server with this code. */
  Type.Object({ kind: Type.Literal('punch'), code: Code }, closed),
  /** Asks to be dialled at this port of the address that the connection comes from. */
  Type.Object({ kind: Type.Literal('reach'), request: Request, port: Port }, closed),
]);

export type RelayMessage = Static<typeof FromRelay>;
export type RelayHostMessage = Static<typeof FromHost>;

const checkRelay = Compile(FromRelay);
const checkHost = Compile(FromHost);

/** The largest message of a control connection, bytes. */
export const RELAY_MESSAGE_BYTES = 4096;

/** What both ends agree on in the TLS handshake of a control connection. */
export const RELAY_ALPN = 'sceneport-relay/1';

/** The bytes of a message: JSON after its u32 length, as frames are (T1). */
export function encodeRelayMessage(message: RelayMessage | RelayHostMessage): Uint8Array {
  const json = utf8(JSON.stringify(message));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length, true);
  return concat([length, json]);
}

/** Reads what a relay says; null when it is none of its messages. */
export function readRelayMessage(bytes: Uint8Array): RelayMessage | null {
  const value = parseJson(bytes);
  return checkRelay.Check(value) ? value : null;
}

/** Reads what a host says; null when it is none of its messages. */
export function readRelayHostMessage(bytes: Uint8Array): RelayHostMessage | null {
  const value = parseJson(bytes);
  return checkHost.Check(value) ? value : null;
}

/**
 * What the holder of a key signs to be known at a relay (W3): it names the relay by its code, so that one relay cannot
 * register a host at another.
 */
export function relayStatement(relayCode: string, code: string, nonce: string): Uint8Array {
  return utf8(['sceneport relay', relayCode, code, nonce].join('\n'));
}

const LEG_START = 'SPD1 ';
/** Length of the line with which a host's leg begins (W4). */
export const LEG_LINE_BYTES = LEG_START.length + 32 + 1;

/** The line with which a host opens a leg (W4): before TLS, of which the host is the server. */
export function legLine(leg: string): Uint8Array {
  return utf8(`${LEG_START}${leg}\n`);
}

/**
 * The leg that a connection's first bytes name: undefined while they may still become such a line, null when they are
 * something else.
 */
export function readLegLine(bytes: Uint8Array): string | null | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, LEG_LINE_BYTES));
  const start = text.slice(0, LEG_START.length);
  if (!LEG_START.startsWith(start)) return null;
  if (text.length < LEG_LINE_BYTES) return undefined;
  return /^SPD1 ([0-9a-f]{32})\n$/.exec(text)?.[1] ?? null;
}
