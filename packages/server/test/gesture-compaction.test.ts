import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CODEC,
  type CommitBody,
  type DatablockId,
  decodeCommitBody,
  decodeMessage,
  deflate,
  encodeCommitBody,
  encodeMessage,
  isRefusal,
  type MessageOf,
  type Operation,
} from '@sceneport/protocol';
import { GestureCompaction } from '../src/log/gesture-compaction.ts';

const id = '1'.repeat(32) as DatablockId;
const set = (values: Record<string, number>, unset: string[] = []): Operation => ({
  op: 'set',
  id,
  set: values,
  unset,
});
const range = (offset: number, at: [number, number]): Operation => ({
  op: 'range',
  id,
  group: 'geometry',
  from: 1,
  path: 'position',
  offset,
  at,
});

function event(seq: number, operations: Operation[], gesture: string | null = 'g', author = 1): Uint8Array {
  const header = { counter: seq, base: 0, ...(gesture === null ? {} : { gesture }) };
  const payload = encodeCommitBody({ operations, buffers: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7) });
  return encodeMessage('commit', header, { payload, seq, author, timeMs: 1000 + seq });
}

function bodyIn(frame: Uint8Array): CommitBody {
  const body = decodeCommitBody((decodeMessage(frame, 'server') as MessageOf<'commit'>).payload);
  assert.ok(!isRefusal(body));
  return body;
}

/** What is kept of events that happened in this order. */
function compact(...frames: Uint8Array[]): Uint8Array[] {
  const compaction = new GestureCompaction();
  return frames
    .reverse()
    .map((frame) => compaction.shorten(frame))
    .reverse();
}

test('[C9] keeps of a gesture the last value of every path, and nothing of events that have none', () => {
  const [first, second, last] = compact(
    event(1, [set({ x: 1, y: 1 })]),
    event(2, [set({ x: 2 })]),
    event(3, [set({ x: 3 })]),
  );
  assert.deepEqual(bodyIn(first!).operations, [set({ y: 1 })]);
  assert.equal(second!.length, 0);
  assert.deepEqual(bodyIn(last!).operations, [set({ x: 3 })]);
  const message = decodeMessage(first!, 'server') as MessageOf<'commit'>;
  assert.deepEqual([message.seq, message.author, message.timeMs], [1, 1, 1001]);
  assert.deepEqual(message.header, { counter: 1, base: 0, gesture: 'g' });
});

test('[C9] leaves alone what is of another gesture, of another user, or of none', () => {
  const frames = [
    event(1, [set({ x: 1 })], 'h'),
    event(2, [set({ x: 2 })], 'g', 2),
    event(3, [set({ x: 3 })], null),
    event(4, [set({ x: 4 })]),
  ];
  assert.deepEqual(compact(...frames), frames);
});

test('[C9] takes names, and properties that are removed, like values; the last removal stays', () => {
  const name = (text: string): Operation => ({ op: 'rename', id, name: text });
  const [first, last] = compact(event(1, [name('A'), set({ x: 1 })]), event(2, [name('B'), set({}, ['x'])]));
  assert.equal(first!.length, 0);
  assert.deepEqual(bodyIn(last!).operations, [name('B'), set({}, ['x'])]);
});

test('[C9] keeps what other events may rest on: places of items, versions of groups, datablocks', () => {
  const item = 'modifiers/@00000000000000aa';
  const group: Operation = { op: 'put-group', id, group: 'geometry', from: 0, arrays: [] };
  const create: Operation = { op: 'create', id, type: 'Mesh', name: 'A', set: { x: 1 } };
  const frames = [
    event(1, [create, set({ [item]: 1 }), group]),
    event(2, [set({ [item]: 2, x: 2 }), group, { op: 'delete', id }]),
  ];
  assert.deepEqual(compact(...frames), frames);
});

test('[C9] takes out ranges that one later range covers whole, with their bytes', () => {
  const [first, last] = compact(
    event(1, [range(10, [0, 2]), range(8, [2, 2]), range(12, [4, 3])]),
    event(2, [range(10, [0, 4])]),
  );
  const body = bodyIn(first!);
  assert.deepEqual(body.operations, [range(8, [0, 2]), range(12, [2, 3])]);
  assert.deepEqual([...body.buffers], [2, 3, 4, 5, 6]);
  assert.deepEqual(bodyIn(last!).operations, [range(10, [0, 4])]);
});

test('[C9] shortens compressed commits, and leaves uploaded ones', async () => {
  const payload = await deflate(
    encodeCommitBody({ operations: [set({ x: 1, y: 1 })], buffers: new Uint8Array(0) }),
  );
  const header = { counter: 1, base: 0, gesture: 'g' };
  const packed = encodeMessage('commit', header, { payload, codec: CODEC.deflate, seq: 1, author: 1 });
  const uploaded = encodeMessage(
    'commit',
    { ...header, bodyBytes: 9 },
    { payload: new Uint8Array(32), seq: 2, author: 1 },
  );
  const [first, second] = compact(packed, uploaded, event(3, [set({ x: 3 })]));
  const shortened = decodeMessage(first!, 'server') as MessageOf<'commit'>;
  assert.equal(shortened.codec, CODEC.deflate);
  assert.ok(first!.length < packed.length || shortened.payload.length !== payload.length);
  assert.equal(second, uploaded);
});
