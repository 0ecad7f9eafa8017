import type { Readable } from 'node:stream';

/**
 * Reads JSON objects, one a line, from a process. Other lines (Blender's greeting) are passed over; `next` waits
 * for an object and fails where the stream ends first.
 */
export class JsonLines {
  readonly #iterator: AsyncIterator<unknown>;
  readonly #describeEnd: () => string;

  /** `describeEnd` says what to add to the failure when the stream ends, such as the output of a crash. */
  constructor(stream: Readable, describeEnd: () => string) {
    this.#iterator = JsonLines.#read(stream);
    this.#describeEnd = describeEnd;
  }

  /** The next line. Rejects where the stream has ended. */
  async next<T>(): Promise<T> {
    const result = await this.#iterator.next();
    if (result.done === true) throw new Error(`the process ended without an answer\n${this.#describeEnd()}`);
    return result.value as T;
  }

  static async *#read(stream: Readable): AsyncGenerator<unknown> {
    let pending = '';
    for await (const text of stream.setEncoding('utf8')) {
      const lines = (pending + String(text)).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) yield JSON.parse(line);
    }
  }
}
