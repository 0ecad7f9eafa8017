import type { Socket } from 'node:net';
import { FrameStream, isRefusal } from '@sceneport/protocol';
import type { Batch } from '../fanout/batch.ts';
import type { Way } from '../session/member.ts';
import type { Link, LinkEvents } from './link.ts';

/** Frames back to back, each after its length, on a TLS socket that has agreed on `sceneport/1` (T1). */
export class RawLink implements Link {
  readonly address: string;
  readonly code: string;
  readonly way: Way;
  readonly #socket: Socket;

  constructor(socket: Socket, address: string, way: 'tls' | 'relay', code: string) {
    this.#socket = socket;
    this.address = address;
    this.way = way;
    this.code = code;
    socket.setNoDelay(true);
  }

  get pendingBytes(): number {
    return this.#socket.writableLength;
  }

  attach(events: LinkEvents): void {
    const stream = new FrameStream();
    this.#socket.on('data', (data: Buffer) => {
      const frames = stream.push(new Uint8Array(data.buffer, data.byteOffset, data.length));
      if (isRefusal(frames)) {
        this.#socket.removeAllListeners('data').resume();
        events.broken(frames);
      } else for (const frame of frames) events.frame(frame);
    });
    this.#socket.on('drain', () => events.drained());
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('end', () => this.#socket.end());
    this.#socket.on('close', () => events.closed());
  }

  send(batch: Batch): void {
    if (this.#socket.writable) this.#socket.write(batch.joined);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
