import { isRefusal, type Refusal } from '@sceneport/protocol';
import type { Outcome } from '../session/dispatch.ts';
import type { Link } from './link.ts';

/** Bytes of frames that wait before reading stops. */
const HIGH_WATER_BYTES = 1024 * 1024;

/**
 * The frames of one connection on their way in, handled strictly in order: also where one takes time (inflating, the
 * disk), the next waits for it. What waits is bounded by not reading on.
 */
export class Inbox {
  readonly #link: Link;
  readonly #handle: (frame: Uint8Array) => Outcome;
  readonly #onRefusal: (refused: Refusal) => void;
  readonly #onError: (error: unknown) => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isBusy = false;
  #isBroken = false;

  constructor(
    link: Link,
    handle: (frame: Uint8Array) => Outcome,
    onRefusal: (refused: Refusal) => void,
    onError: (error: unknown) => void,
  ) {
    this.#link = link;
    this.#handle = handle;
    this.#onRefusal = onRefusal;
    this.#onError = onError;
  }

  /** Handles a frame, or queues it behind one that takes time. */
  push(frame: Uint8Array): void {
    if (this.#isBroken) return;
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    if (this.#isBusy) {
      if (this.#waitingBytes > HIGH_WATER_BYTES) this.#link.pause();
    } else this.#drain();
  }

  /** Reads on where nothing here speaks against it. */
  resume(): void {
    if (this.#waitingBytes <= HIGH_WATER_BYTES) this.#link.resume();
  }

  #drain(): void {
    let count = 0;
    while (count < this.#waiting.length && !this.#isBroken) {
      const frame = this.#waiting[count++]!;
      this.#waitingBytes -= frame.length;
      const outcome = this.#tryHandle(frame);
      if (!(outcome instanceof Promise)) {
        this.#settle(outcome);
        continue;
      }
      this.#waiting = this.#waiting.slice(count);
      this.#isBusy = true;
      outcome.then(
        (result) => this.#goOn(result),
        (error) => this.#fail(error),
      );
      return;
    }
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #tryHandle(frame: Uint8Array): Outcome {
    try {
      return this.#handle(frame);
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #goOn(outcome: Refusal | undefined): void {
    this.#isBusy = false;
    this.#settle(outcome);
    this.#drain();
    if (!this.#isBusy) this.#link.resume();
  }

  #settle(outcome: Refusal | undefined): void {
    if (!isRefusal(outcome)) return;
    this.#isBroken = true;
    this.#onRefusal(outcome);
  }

  #fail(error: unknown): void {
    this.#isBroken = true;
    this.#isBusy = false;
    this.#waiting = [];
    this.#onError(error);
  }
}
