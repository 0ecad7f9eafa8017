import { parentPort } from 'node:worker_threads';
import { isRefusal, type PackedChunk } from '@sceneport/protocol';
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
    const refused = { code, message, details };
    return { call, error: message, refused: isRefusal(refused) ? refused : null };
  }
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
