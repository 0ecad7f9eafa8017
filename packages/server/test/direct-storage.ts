import { copyFileSync, existsSync } from 'node:fs';
import { type SessionFile, SqliteSession } from '../src/log/sqlite-session.ts';
import type { SessionStorage } from '../src/log/storage.ts';

/** A session's file without a thread of its own, which can be torn away from its server after any call. */
export class DirectStorage {
  readonly storage: SessionStorage;
  readonly #file: SessionFile;
  readonly #session: SqliteSession;
  /** Calls that still come through. */
  #left = Number.POSITIVE_INFINITY;

  constructor(file: SessionFile) {
    this.#file = file;
    this.#session = new SqliteSession(file);
    this.storage = new Proxy({} as SessionStorage, {
      get: (_, method: keyof SessionStorage) => this.#callOf(method),
    });
  }

  /** Lets `calls` more calls come through, and no answer behind them. */
  crashAfter(calls: number): void {
    this.#left = calls;
  }

  /** Opens what is on disk, as after the end of the process: the old one can do nothing any more. */
  reopen(path: string): DirectStorage {
    this.#left = 0;
    for (const suffix of ['', '-wal']) {
      if (existsSync(this.#file.path + suffix)) copyFileSync(this.#file.path + suffix, path + suffix);
    }
    this.#session.close();
    return new DirectStorage({ ...this.#file, path, create: null });
  }

  close(): void {
    this.#left = 0;
    this.#session.close();
  }

  #callOf(method: keyof SessionStorage): unknown {
    if ((method as string) === 'then') return undefined;
    return async (...values: unknown[]): Promise<unknown> => {
      if (this.#left-- <= 0) return new Promise(() => {});
      return (this.#session[method] as (...args: unknown[]) => unknown).apply(this.#session, values);
    };
  }
}
