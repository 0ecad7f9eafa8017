import type { Socket } from 'node:net';
import { FrameStream, isRefusal, RELAY_MESSAGE_BYTES } from '@sceneport/protocol';

/**
 * Gives every message that arrives on a control connection to `take`, as bytes. Where what arrives cannot be cut into
 * messages the connection is destroyed.
 */
export function readMessages(socket: Socket, take: (bytes: Uint8Array) => void): void {
  const stream = new FrameStream(RELAY_MESSAGE_BYTES);
  socket.on('data', (data: Buffer) => {
    const messages = stream.push(data);
    if (isRefusal(messages)) socket.destroy();
    else for (const message of messages) if (!socket.destroyed) take(message);
  });
}
