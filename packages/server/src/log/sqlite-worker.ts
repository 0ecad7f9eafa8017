import { parentPort } from 'node:worker_threads';
import { ERRORS, isRefusal, type PackedChunk, refusal } from '@sceneport/protocol';
import { memoryOf } from './moved-memory.ts';
import { type SessionFile, SqliteSession } from './sqlite-session.ts';

/** A call of a method of one session, from the server's thread to the storage's. */
export interface StorageCall {
  readonly call: number;
  readonly session: number;
  readonly method: 'open' | StorageMethod;
  readonly values: readonly unknown[];
}
/** What came of it. `refused`: the error has a code of the table. */
export type StorageAnswer =
  | { readonly call: number; readonly result: unknown }
  | { readonly call: number; readonly error: string; readonly refused: unknown };

/** Names of the methods that may be called. */
export type StorageMethod = Exclude<keyof SqliteSession, 'synchronous'>;

const sessions = new Map<number, SqliteSession>();
const port = parentPort!;

port.on('message', (request: StorageCall) => {
  const answered = answer(request);
  const isRead = request.method === 'readChunks' && 'result' in answered;
  port.postMessage(answered, isRead ? memoryOf(answered.result as (PackedChunk | null)[]) : []);
});

function answer({ call, session, method, values }: StorageCall): StorageAnswer {
  try {
    return { call, result: perform(session, method, values) };
  } catch (error) {
    const { code, message, details } = error as { code?: unknown; message: string; details?: unknown };
    const refused = isWriteFailure(error)
      ? refusal('read-only', `${ERRORS['read-only'].meaning} (${message})`)
      : { code, message, details };
    return { call, error: message, refused: isRefusal(refused) ? refused : null };
  }
}

/** The results by which SQLite says that nothing can be written, not that something is wrong (sqlite.org/rescode.html). */
const WRITE_FAILURES: ReadonlySet<unknown> = new Set([
  8, // SQLITE_READONLY
  13, // SQLITE_FULL
  778, // SQLITE_IOERR_WRITE
  1034, // SQLITE_IOERR_FSYNC
]);

function isWriteFailure(error: unknown): boolean {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && WRITE_FAILURES.has(errcode);
}

function perform(session: number, method: StorageCall['method'], values: readonly unknown[]): unknown {
  if (method === 'open') {
    sessions.set(session, new SqliteSession(values[0] as SessionFile));
    return undefined;
  }
  const target = sessions.get(session)!;
  if (method === 'close') sessions.delete(session);
  return (target[method] as (...args: unknown[]) => unknown).apply(target, [...values]);
}
