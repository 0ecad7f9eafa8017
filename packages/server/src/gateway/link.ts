import type { Refusal } from '@sceneport/protocol';
import type { Batch } from '../fanout/batch.ts';
import type { Way } from '../session/member.ts';

/** A connection below the frames: the same behind raw TLS and WebSocket (T1). */
export interface Link {
  /** Address of the other side, as a proxy on this machine reports it where there is one. */
  readonly address: string;
  /** The code of the key that the other side was shown (T2). */
  readonly code: string;
  readonly way: Way;
  /** Bytes handed over that the operating system has not taken yet. */
  readonly pendingBytes: number;
  /** Sends frames in one write. */
  send(batch: Batch): void;
  /** Stops and goes on with reading: the way to hold back a sender. */
  pause(): void;
  resume(): void;
  /** Closes once everything sent has left. */
  end(): void;
  /** Closes now. */
  destroy(): void;
  /** Says who hears of what arrives; called once. */
  attach(events: LinkEvents): void;
}

/** What a link tells. */
export interface LinkEvents {
  frame(bytes: Uint8Array): void;
  /** All that was sent has been taken. */
  drained(): void;
  /** What arrives cannot be cut into frames. */
  broken(refused: Refusal): void;
  /** The connection is gone; nothing follows. */
  closed(): void;
}
