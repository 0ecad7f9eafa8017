import type { Socket } from 'node:net';
import { refusal } from '@sceneport/protocol';
import type { WebSocket } from 'ws';
import type { Batch } from '../fanout/batch.ts';
import type { Way } from '../session/member.ts';
import type { Link, LinkEvents } from './link.ts';

/** One binary message for every frame (T1). */
export class WebSocketLink implements Link {
  readonly address: string;
  readonly code: string;
  readonly way: Way;
  readonly #webSocket: WebSocket;
  readonly #socket: Socket;

  /** `socket` is the one below `webSocket`, whose writes are corked: one write for a batch (T4). */
  constructor(
    webSocket: WebSocket,
    socket: Socket,
    address: string,
    way: 'websocket' | 'relay',
    code: string,
  ) {
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.address = address;
    this.way = way;
    this.code = code;
    webSocket.binaryType = 'nodebuffer';
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  attach(events: LinkEvents): void {
    this.#webSocket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) events.frame(new Uint8Array(data.buffer, data.byteOffset, data.length));
      else events.broken(refusal('bad-frame', 'A frame broke a rule: text.', { rule: 'text' }));
    });
    this.#socket.on('drain', () => events.drained());
    this.#webSocket.on('error', () => this.#webSocket.terminate());
    this.#webSocket.on('close', () => events.closed());
  }

  send(batch: Batch): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#socket.cork();
    for (const frame of batch.frames) this.#webSocket.send(frame, { binary: true, compress: false });
    this.#socket.uncork();
  }

  pause(): void {
    this.#webSocket.pause();
  }

  resume(): void {
    this.#webSocket.resume();
  }

  end(): void {
    this.#webSocket.close(1000);
  }

  destroy(): void {
    this.#webSocket.terminate();
  }
}
