import assert from 'node:assert/strict';
import { type ChunkSlot, chunkSize, foldPatches, isDirty } from '../src/array.ts';
import { chunkName } from '../src/chunk.ts';
import type { CommitBody } from '../src/commit.ts';
import { copyDatablock, type Datablock } from '../src/datablock.ts';
import { datablockDigest, sessionDigest } from '../src/digest.ts';
import { type ErrorCode, isRefusal, type Refusal } from '../src/errors.ts';
import type { ChunkName, DatablockId } from '../src/ids.ts';
import type { Operation } from '../src/operation.ts';
import { type Applied, type CommitContext, SessionState } from '../src/session-state.ts';

/** The datablock id whose digits are all `digit`. */
export function id(digit: string | number): DatablockId {
  return String(digit).repeat(32) as DatablockId;
}

/** A commit's body of operations, with the buffers they point into. */
export function body(operations: readonly Operation[], buffers: Uint8Array = new Uint8Array(0)): CommitBody {
  return { operations, buffers };
}

/** The context of an event: by user 1, who had applied everything before it, unless told otherwise. */
export function context(seq: number, rest: Partial<CommitContext> = {}): CommitContext {
  return {
    seq,
    author: 1,
    override: false,
    base: seq - 1,
    onlyIfUnwritten: false,
    lists: new Map(),
    ...rest,
  };
}

/** Applies operations as the next event; refusals fail the test. */
export function applyNext(
  state: SessionState,
  operations: readonly Operation[],
  rest: Partial<CommitContext> = {},
  buffers?: Uint8Array,
): Applied {
  const applied = state.apply(body(operations, buffers), context(state.seq + 1, rest));
  assert.ok(!isRefusal(applied), JSON.stringify(applied));
  state.seq += 1;
  return applied;
}

/** The refusal that operations get as the next event; a commit that is accepted fails the test. */
export function refusedNext(
  state: SessionState,
  operations: readonly Operation[],
  rest: Partial<CommitContext> = {},
  buffers?: Uint8Array,
): Refusal {
  const applied = state.apply(body(operations, buffers), context(state.seq + 1, rest));
  assert.ok(isRefusal(applied), 'the commit was accepted');
  return applied;
}

/** A session with the given operations as its first event, by user 1. */
export function sessionWith(...operations: Operation[]): SessionState {
  const state = new SessionState();
  applyNext(state, operations);
  return state;
}

/** The operation that makes datablock `digit`. */
export function create(digit: string | number, set: Record<string, never> | object = {}): Operation {
  return { op: 'create', id: id(digit), type: 'Object', name: `Thing ${digit}`, set: set as never };
}

/** The operation that writes and removes properties of datablock `digit`. */
export function set(digit: string | number, values: object, unset: string[] = []): Operation {
  return { op: 'set', id: id(digit), set: values as never, unset };
}

/** The value of a property, or undefined. */
export function propertyOf(state: SessionState, digit: string | number, path: string): unknown {
  return state.datablocks.get(id(digit))?.properties.get(path)?.value;
}

/** `code` of a refusal; anything else fails the test. */
export function codeOf(value: unknown): ErrorCode {
  assert.ok(isRefusal(value), 'it was accepted');
  return value.code;
}

/** The rule that a `bad-frame` names. */
export function ruleOf(value: unknown): unknown {
  assert.equal(codeOf(value), 'bad-frame');
  return (value as Refusal).details?.rule;
}

/** Contents of chunks by name, as a server or a client keeps them. */
export class ChunkStore {
  readonly bytes = new Map<ChunkName, Uint8Array>();

  add(bytes: Uint8Array): ChunkName {
    const name = chunkName(bytes);
    this.bytes.set(name, bytes);
    return name;
  }

  /** Gives every dirty chunk of a datablock its name (K1). */
  nameChunks(datablock: Datablock): Datablock {
    for (const group of datablock.groups.values()) {
      for (const array of group.arrays.values()) {
        array.chunks.forEach((slot: ChunkSlot, index) => {
          if (isDirty(slot))
            array.chunks[index] = this.add(foldPatches(slot, this.bytes.get(slot.base)!).slice());
        });
      }
    }
    return datablock;
  }

  /** The digest of a session, dirty chunks named in a copy. */
  digestOf(state: SessionState): string {
    const copies = [...state.datablocks.values()].map((datablock) =>
      this.nameChunks(copyDatablock(datablock)),
    );
    return sessionDigest(new Map(copies.map((datablock) => [datablock.id, datablockDigest(datablock)])));
  }
}

/** `sizeBytes` bytes that differ from place to place. */
export function pattern(sizeBytes: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, index) => (index * 31 + seed * 17 + (index >> 8)) & 0xff);
}

/** The pieces of `bytes` in a store, and their names. */
export function storeArray(store: ChunkStore, bytes: Uint8Array): ChunkName[] {
  const names: ChunkName[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const size = chunkSize(bytes.length, names.length);
    names.push(store.add(bytes.slice(offset, offset + size)));
    offset += size;
  }
  return names;
}
