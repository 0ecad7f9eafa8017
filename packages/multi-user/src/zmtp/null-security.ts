import { encodeFrame } from './frames.ts';
import { type Command, readProperties, writeCommand, writeProperties } from './ready.ts';
import type { Channel, Handshake, HandshakeStep, Introduction } from './security.ts';

/** Frames as they are: the same memory goes out to every receiver. */
const PLAIN: Channel = {
  extraBytes: 0,
  open: (frame) => frame,
  seal: ({ pieces }) => pieces,
  command: (body) => encodeFrame(body, { command: true }),
};

/** The mechanism NULL (RFC 23): both sides say READY, nothing is hidden. */
export class NullHandshake implements Handshake {
  step({ name, body }: Command, introduce: Introduction): HandshakeStep | null {
    const properties = name === 'READY' ? readProperties(body) : null;
    const answer = properties === null ? null : introduce(properties);
    if (properties === null || answer === null) return null;
    return { reply: writeCommand('READY', writeProperties(answer)), opened: { properties, channel: PLAIN } };
  }
}
