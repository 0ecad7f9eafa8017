import { fromUtf8, utf8 } from '@sceneport/protocol';
import type { Clock } from '@sceneport/server';
import type { Client } from './session/client.ts';
import { encodeMessages, type Parts } from './zmtp/frames.ts';
import type { ZmtpPeer } from './zmtp/peer.ts';

const PING = encodeMessages([[utf8('PING')]]);
/** A client is pinged after so long without a word from it. */
const IDLE_MS = 1000;
/** A client whose heartbeat has not come after its login for so long is lost. */
const FIRST_HEARTBEAT_MS = 15_000;

/** One heartbeat connection: `INIT` from the client, then `PING` from us and `PONG` from it. */
export class Heartbeat {
  readonly client: Client;
  readonly #peer: ZmtpPeer;
  readonly #clock: Clock;
  #pingedMs: number | null = null;

  constructor(client: Client, peer: ZmtpPeer, clock: Clock) {
    this.client = client;
    this.#peer = peer;
    this.#clock = clock;
  }

  /** The oldest clients want an answer to everything they say, and give up without; later ones are asked when idle. */
  heard(parts: Parts): void {
    const now = this.#clock.now();
    const word = parts.length === 1 ? fromUtf8(parts[0]!) : null;
    if (word !== 'INIT' && word !== 'PONG') return this.#peer.destroy();
    const { client } = this;
    client.heardMs = now;
    if (this.#pingedMs !== null) client.latencyMs = now - this.#pingedMs;
    client.member.rttMs = client.latencyMs;
    this.#pingedMs = null;
    if (word === 'INIT' || client.dialect.generation === 'four-port') this.#ping(now);
  }

  /** Pings where it is time; true when the client has been silent for more than `timeoutMs`. */
  isLost(timeoutMs: number): boolean {
    const now = this.#clock.now();
    const silentMs = now - this.client.heardMs;
    if (this.#pingedMs === null && silentMs >= IDLE_MS) this.#ping(now);
    return this.#pingedMs !== null && now - this.#pingedMs > timeoutMs;
  }

  #ping(now: number): void {
    this.#pingedMs = now;
    this.#peer.send(PING);
  }
}

/** True when a client without a heartbeat has had time enough to begin one. */
export function isSilent(client: Client, clock: Clock): boolean {
  return clock.now() - client.heardMs > FIRST_HEARTBEAT_MS;
}
