import type { Socket } from 'node:net';
import { isCode, LEG_LINE_BYTES, readLegLine } from '@sceneport/protocol';
import { HANDSHAKE_BYTE, readServerName } from './client-hello.ts';

/** What a new connection wants, told by its first bytes (W2). */
export type Opening =
  /** Wants to the host with this code. */
  | { readonly kind: 'joiner'; readonly code: string }
  /** A host that opens the leg of this name. */
  | { readonly kind: 'leg'; readonly leg: string }
  /** Wants to the relay itself, over TLS. */
  | { readonly kind: 'own' }
  | { readonly kind: 'nothing' };

/** The first bytes of a TLS connection are at most so many: one record. */
const MOST_BYTES = 5 + 16 * 1024;

/**
 * Waits for the first bytes of `socket` and says what they are (W2); they stay to be read, and the socket is paused.
 * A connection that ends before it has said anything is `nothing`.
 */
export function readOpening(socket: Socket): Promise<Opening> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const finish = (opening: Opening, rest: Uint8Array): void => {
      socket.removeListener('data', take).removeListener('close', ended).pause();
      if (rest.length > 0) socket.unshift(rest);
      resolve(opening);
    };
    const take = (piece: Buffer): void => {
      parts.push(piece);
      const bytes = Buffer.concat(parts);
      const opening = openingOf(bytes);
      if (opening !== null) finish(opening, opening.kind === 'leg' ? bytes.subarray(LEG_LINE_BYTES) : bytes);
      else if (bytes.length > MOST_BYTES) finish({ kind: 'nothing' }, bytes);
    };
    const ended = (): void => finish({ kind: 'nothing' }, new Uint8Array());
    socket.on('data', take).once('close', ended);
  });
}

/** Null while more bytes are needed to tell. */
function openingOf(bytes: Buffer): Opening | null {
  if (bytes[0] === HANDSHAKE_BYTE) {
    const name = readServerName(bytes);
    if (name === null) return null;
    const [label = ''] = name.split('.', 1);
    return isCode(label) ? { kind: 'joiner', code: label } : { kind: 'own' };
  }
  const leg = readLegLine(bytes);
  if (leg === undefined) return null;
  return leg === null ? { kind: 'nothing' } : { kind: 'leg', leg };
}
