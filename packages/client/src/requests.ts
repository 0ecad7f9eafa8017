import {
  concat,
  type Header,
  isRefusal,
  type MessageOf,
  parseJson,
  type Refusal,
  refusal,
} from '@sceneport/protocol';
import type { Connection } from './connection/connection.ts';
import { refusalOf } from './connection/connection.ts';

/** What the server says about its state (D2): digests by id, 48 bytes each. */
export interface ServerDigests {
  readonly seq: number;
  readonly hex: string;
  readonly list: Uint8Array;
}

/** Frames that answer a question. */
export type Answer = MessageOf<'result' | 'digests' | 'entries' | 'recalled' | 'differences'>;

/** Questions for the history (P4), and the pages that answer them. */
interface PagedAnswers {
  readonly history: 'entries';
  readonly recall: 'recalled';
  readonly compare: 'differences';
}

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
    return resultOf(
      await this.#ask((request) =>
        this.#connection?.send('command', { request, name, arguments: { ...values } }),
      ),
    );
  }

  /** Makes the state after an event the present one (P4). */
  async restore(at: number): Promise<unknown | Refusal> {
    return resultOf(await this.#ask((request) => this.#connection?.send('restore', { request, at })));
  }

  /** The digests of all datablocks (D2). */
  async digests(): Promise<ServerDigests | Refusal> {
    const pages = await this.#pages('digests', (request) =>
      this.#connection?.send('digest', { request, list: true }),
    );
    if (isRefusal(pages)) return pages;
    const { seq, hex } = pages[0]!.header;
    return { seq, hex, list: concat(pages.map(({ payload }) => payload)) };
  }

  /** A question for the history: the frames that answer it, in order. */
  ask<Question extends keyof PagedAnswers>(
    question: Question,
    header: Omit<Header<Question>, 'request'>,
  ): Promise<MessageOf<PagedAnswers[Question]>[] | Refusal> {
    const answers = { history: 'entries', recall: 'recalled', compare: 'differences' } as const;
    return this.#pages(answers[question] as PagedAnswers[Question], (request) =>
      this.#connection?.send(question, { ...header, request } as Header<Question>),
    );
  }

  async #pages<Name extends Answer['name']>(
    name: Name,
    send: (request: number) => void,
  ): Promise<MessageOf<Name>[] | Refusal> {
    const pages: MessageOf<Name>[] = [];
    const { promise, resolve } = Promise.withResolvers<Refusal | null>();
    const request = this.#open((answer) => {
      if (answer?.name !== name) return resolve(answer?.name === 'result' ? errorOf(answer) : notOnline());
      pages.push(answer as MessageOf<Name>);
      const { page = 0, pages: count = 1 } = answer.header as { page?: number; pages?: number };
      if (page + 1 >= count) resolve(null);
    });
    send(request);
    const refused = await promise;
    this.#asked.delete(request);
    return refused ?? pages;
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

function resultOf(answer: Answer | null): unknown | Refusal {
  if (answer?.name !== 'result') return notOnline();
  const { value = null, error } = answer.header;
  if (error !== undefined) return refusalOf(error);
  return answer.payload.length === 0 ? value : (parseJson(answer.payload) ?? null);
}

function errorOf({ header }: MessageOf<'result'>): Refusal {
  return header.error === undefined ? notOnline() : refusalOf(header.error);
}

function notOnline(): Refusal {
  return refusal('not-online', 'The connection was lost before the answer came.');
}
