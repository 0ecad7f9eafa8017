import { concat, type Header, type MessageOf, type Refusal, refusal } from '@sceneport/protocol';
import type { Connection } from './connection/connection.ts';
import { refusalOf } from './connection/connection.ts';

/** What the server says about its state (D2): digests by id, 48 bytes each. */
export interface ServerDigests {
  readonly seq: number;
  readonly hex: string;
  readonly list: Uint8Array;
}

type Answer = MessageOf<'result'> | MessageOf<'digests'>;

/** Questions with one answer, told apart by their numbers. */
export class Requests {
  readonly #asked = new Map<number, (answer: Answer | null) => void>();
  #connection: Connection | null = null;
  #last = 0;

  /** Asks on `connection` from now on; questions on another will not be answered. */
  use(connection: Connection | null): void {
    this.#connection = connection;
    for (const resolve of [...this.#asked.values()]) resolve(null);
  }

  receive(answer: Answer): void {
    this.#asked.get(answer.header.request)?.(answer);
  }

  /** An administrative command: its value, or why not (A1). */
  async command(name: string, values: Readonly<Record<string, unknown>>): Promise<unknown | Refusal> {
    const answer = await this.#ask((request) =>
      this.#connection?.send('command', { request, name, arguments: { ...values } }),
    );
    if (answer?.name !== 'result') return notOnline();
    const { value = null, error } = answer.header;
    return error === undefined ? value : refusalOf(error);
  }

  /** The digests of all datablocks (D2). */
  async digests(): Promise<ServerDigests | Refusal> {
    const pages: Uint8Array[] = [];
    const { promise, resolve } = Promise.withResolvers<Header<'digests'> | null>();
    const request = this.#open((answer) => {
      if (answer?.name !== 'digests') return resolve(null);
      pages.push(answer.payload);
      if (answer.header.page + 1 >= answer.header.pages) resolve(answer.header);
    });
    this.#connection?.send('digest', { request, list: true });
    const header = await promise;
    this.#asked.delete(request);
    return header === null ? notOnline() : { seq: header.seq, hex: header.hex, list: concat(pages) };
  }

  async #ask(send: (request: number) => void): Promise<Answer | null> {
    const { promise, resolve } = Promise.withResolvers<Answer | null>();
    const request = this.#open(resolve);
    send(request);
    const answer = await promise;
    this.#asked.delete(request);
    return answer;
  }

  #open(resolve: (answer: Answer | null) => void): number {
    const request = ++this.#last;
    if (this.#connection === null) resolve(null);
    else this.#asked.set(request, resolve);
    return request;
  }
}

function notOnline(): Refusal {
  return refusal('not-online', 'The connection was lost before the answer came.');
}
