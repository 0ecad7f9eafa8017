import { Worker } from 'node:worker_threads';
import { type Refusal, SceneportError } from '@sceneport/protocol';
import { memoryOf } from './moved-memory.ts';
import type { SessionFile } from './sqlite-session.ts';
import type { StorageAnswer, StorageCall } from './sqlite-worker.ts';
import type { SessionStorage } from './storage.ts';

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** The thread in which all sessions of a server are stored, so that no transaction holds up its main thread. */
export class StorageThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #sessions = 0;
  #ended: Error | null = null;

  constructor() {
    this.#worker = new Worker(workerFile());
    this.#worker.on('message', (answer: StorageAnswer) => this.#settle(answer));
    this.#worker.on('error', (error) =>
      this.#failAll(error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on('exit', () => this.#failAll(new Error('The storage thread has ended.')));
  }

  /** Opens the file of a session, or makes it. Throws when it cannot be read. */
  async open(file: SessionFile): Promise<SessionStorage> {
    const session = ++this.#sessions;
    await this.#call(session, 'open', [file]);
    const call =
      (method: StorageCall['method']) =>
      (...values: readonly unknown[]): Promise<never> =>
        this.#call(session, method, values);
    return {
      load: call('load'),
      eventsAfter: call('eventsAfter'),
      eventsBefore: call('eventsBefore'),
      write: (batch) => this.#call(session, 'write', [batch], memoryOf(batch.chunks)),
      findCommit: call('findCommit'),
      lastCounter: call('lastCounter'),
      checkpoint: call('checkpoint'),
      checkpointBefore: call('checkpointBefore'),
      datablocksAt: call('datablocksAt'),
      compact: call('compact'),
      prune: call('prune'),
      findUnusedChunks: call('findUnusedChunks'),
      shrink: call('shrink'),
      cutTail: call('cutTail'),
      readChunks: call('readChunks'),
      deleteChunks: call('deleteChunks'),
      saveSettings: call('saveSettings'),
      saveUser: call('saveUser'),
      saveInvite: call('saveInvite'),
      deleteInvite: call('deleteInvite'),
      saveBan: call('saveBan'),
      deleteBan: call('deleteBan'),
      sizeBytes: call('sizeBytes'),
      probe: call('probe'),
      copyTo: call('copyTo'),
      close: call('close'),
    };
  }

  /** Ends the thread; sessions are to be closed before. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  /** `moved` is memory that the thread takes over: the caller does not use it any more. */
  #call(
    session: number,
    method: StorageCall['method'],
    values: readonly unknown[],
    moved: ArrayBuffer[] = [],
  ): Promise<never> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const call = ++this.#calls;
      this.#waiting.set(call, { resolve, reject });
      this.#worker.postMessage({ call, session, method, values } satisfies StorageCall, moved);
    });
  }

  #settle(answer: StorageAnswer): void {
    const waiting = this.#waiting.get(answer.call);
    this.#waiting.delete(answer.call);
    if ('result' in answer) waiting?.resolve(answer.result as never);
    else if (answer.refused !== null) waiting?.reject(new SceneportError(answer.refused as Refusal));
    else waiting?.reject(new Error(answer.error));
  }

  #failAll(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

/** The worker's file lies beside this one, as source or as built. */
function workerFile(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './sqlite-worker.ts' : './sqlite-worker.js',
    import.meta.url,
  );
}
