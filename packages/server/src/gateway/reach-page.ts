import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Clock } from '../clock.ts';
import { dialBack } from '../ops/dial-back.ts';
import { queryOf } from './judged.ts';

/** Dialled at once, at most. */
const MOST_DIALLED = 4;
/** One address may have itself dialled so often (W7). */
const PERIOD_MS = 1000;
/** Addresses whose last question is remembered. */
const MOST_ADDRESSES = 1024;

/** Dials back whoever asks, and nobody else (W7): so that they learn whether their own server is reached from here. */
export class ReachPage {
  readonly #clock: Clock;
  readonly #askedMs = new Map<string, number>();
  #dialled = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Answers `/reach?port=PORT` for somebody at `address`, null where a relay or a proxy hides it. In JSON: `address`, and either the
   * `code` of the server that answers there or `failure` in words. 400 without a port, 409 without an IP address, 429 when asked
   * too often.
   */
  async answer(request: IncomingMessage, response: ServerResponse, address: string | null): Promise<void> {
    const port = Number(queryOf(request).get('port'));
    if (!Number.isInteger(port) || port < 1 || port > 65535) return end(response, 400);
    // A name would be looked up, and an empty one is this machine.
    if (address === null || isIP(address) === 0) return end(response, 409);
    if (!this.#mayAsk(address)) return end(response, 429);
    this.#dialled += 1;
    const host = address.replace(/^::ffff:/, '');
    const outcome = await dialBack({ host, port });
    this.#dialled -= 1;
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ address: host, ...outcome }));
  }

  #mayAsk(address: string): boolean {
    const now = this.#clock.now();
    const last = this.#askedMs.get(address) ?? Number.NEGATIVE_INFINITY;
    if (this.#dialled >= MOST_DIALLED || now - last < PERIOD_MS) return false;
    this.#askedMs.delete(address);
    this.#askedMs.set(address, now);
    if (this.#askedMs.size > MOST_ADDRESSES) this.#askedMs.delete(this.#askedMs.keys().next().value!);
    return true;
  }
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
