import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** The answer to a call, by its `id`; or an event, by its `method`. */
interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
  readonly method?: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The DevTools protocol over the pipes 3 and 4 of a browser: JSON messages, each ended by a zero byte
 * (https://chromedevtools.github.io/devtools-protocol/).
 */
export class DevTools {
  readonly #requests: Writable;
  readonly #waiting = new Map<number | string, Waiting>();
  #lastId = 0;
  #pending = '';

  /** `describeEnd` says what to add to the failure when the browser ends, such as the output of a crash. */
  constructor(child: ChildProcess, describeEnd: () => string) {
    this.#requests = child.stdio[3] as Writable;
    this.#requests.on('error', () => {});
    (child.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => this.#take(text));
    const end = (why: string) => this.#end(new Error(`the browser has ended: ${why}\n${describeEnd()}`));
    child.once('error', ({ message }) => end(message));
    child.once('exit', (code, signal) => end(`exit code ${code}, signal ${signal}`));
  }

  /** Calls a method of the browser, or of the page of a session. Rejects where that is refused. */
  call<Value>(method: string, params: Record<string, unknown>, sessionId?: string): Promise<Value> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#requests.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return this.#waitFor(id);
  }

  /** Resolves at the next event of a name. */
  event(name: string): Promise<void> {
    return this.#waitFor(name);
  }

  #waitFor<Value>(key: number | string): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(key, { resolve: resolve as (value: unknown) => void, reject });
    });
  }

  #take(text: string): void {
    const messages = (this.#pending + text).split('\0');
    this.#pending = messages.pop() ?? '';
    for (const message of messages) this.#answer(JSON.parse(message) as Message);
  }

  #answer({ id, method, result, error }: Message): void {
    const key = id ?? method ?? '';
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    this.#waiting.delete(key);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new Error(error.message));
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
