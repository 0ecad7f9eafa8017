import {
  type ArrayContent,
  type ByteRange,
  type CommitBuilder,
  diffRanges,
  type RefusedPart,
} from '@sceneport/client';
import { cutIntoChunks, type DatablockId, isRefusal, LIMITS, type Operation } from '@sceneport/protocol';
import type { MirrorArray } from '../mirror/mirror-datablock.ts';
import type { Session } from '../session.ts';
import type { ArrayEdit, GroupEdit } from './array-edits.ts';
import { Gestures, placesOf } from './gestures.ts';

/** Changed bytes up to this travel as ranges, more as whole arrays, of which only new chunks are uploaded. */
const MOST_RANGE_BYTES = 128 * 1024;

/** What one message of the add-on makes of the session: one commit (M7). */
export interface Edit {
  /** True when it takes back what this user did before (R2). */
  readonly isUndo: boolean;
  /** All datablocks that it changes. */
  readonly ids: ReadonlySet<DatablockId>;
  /** Creations and properties; they come first. */
  readonly operations: readonly Operation[];
  readonly arrays: readonly (ArrayEdit | GroupEdit)[];
  /** Deletions; they come last. */
  readonly deletions: readonly Operation[];
}

/** Says what of an edit the session refused, and which datablocks it was about. */
export type OnSettled = (refused: readonly RefusedPart[], ids: ReadonlySet<DatablockId>) => void;

/** Makes commits of edits, one after the other in the order they came. */
export class Committer {
  readonly #session: Session;
  readonly #onSettled: OnSettled;
  readonly #onCommitted: () => void;
  readonly #gestures = new Gestures();
  readonly #waiting: Edit[] = [];
  #gate: Promise<void> | null = null;
  #working = false;
  readonly #afterwards = new Map<Edit, (() => void)[]>();

  constructor(session: Session, onSettled: OnSettled, onCommitted: () => void) {
    this.#session = session;
    this.#onSettled = onSettled;
    this.#onCommitted = onCommitted;
  }

  /** True while `view` of the session does not have all edits of the datablock yet: it must not be compared. */
  holds(id: DatablockId): boolean {
    return this.#waiting.some((edit) => edit.ids.has(id));
  }

  /** Number of edits that are not commits yet (J2). */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Takes an edit. Without arrays, and with nothing before it, it is a commit when this returns. */
  add(edit: Edit): void {
    if (edit.arrays.length === 0 && this.#waiting.length === 0 && this.#gate === null) {
      this.#commit(edit, [...edit.operations, ...edit.deletions], new Uint8Array());
      return;
    }
    this.#waiting.push(edit);
    if (!this.#working) void this.#work();
  }

  /** Edits become commits only when `open` is resolved: what they build on is being published. */
  waitFor(open: Promise<void>): void {
    this.#gate = open;
  }

  /** Resolves when every edit up to now is a commit. */
  async settled(): Promise<void> {
    const last = this.#waiting.at(-1);
    if (last === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#afterwards.set(last, [...(this.#afterwards.get(last) ?? []), resolve]);
    await promise;
  }

  async #work(): Promise<void> {
    this.#working = true;
    await this.#gate;
    this.#gate = null;
    for (let edit = this.#waiting[0]; edit !== undefined; edit = this.#waiting[0]) {
      const builder = this.#session.compose();
      builder.add(...edit.operations);
      for (const one of edit.arrays) await addArrayEdit(this.#session, builder, one);
      builder.add(...edit.deletions);
      const { operations, buffers } = builder.body;
      this.#commit(edit, operations, buffers);
      this.#waiting.shift();
      this.#onCommitted();
      for (const resolve of this.#afterwards.get(edit) ?? []) resolve();
      this.#afterwards.delete(edit);
    }
    this.#working = false;
  }

  #commit(edit: Edit, operations: readonly Operation[], buffers: Uint8Array): void {
    const places = placesOf(operations);
    const takesBack = edit.isUndo ? this.#gestures.takenBack(places) : undefined;
    const gesture = this.#gestures.of(places, performance.now());
    const outcome = this.#session.commit(operations, buffers, {
      gesture,
      ...(takesBack === undefined ? {} : { takesBack }),
    });
    // What is put back in place of what is shown is ordered: until then nothing that is shown is of its version.
    const groups = edit.arrays.filter((one) => one.kind === 'group' && one.as === undefined) as GroupEdit[];
    for (const { id, group, version } of groups) version.value = this.#versionOf(id, group);
    void outcome.then((settled) => {
      if (isRefusal(settled)) return this.#onSettled([{ refusal: settled, operations, buffers }], edit.ids);
      for (const { version } of groups) version.value = settled.seq;
      this.#onSettled(settled.refused, edit.ids);
    });
  }

  #versionOf(id: DatablockId, group: string): number {
    return this.#session.view(id)?.groups.get(group)?.version ?? 0;
  }
}

/** Adds what the user did to arrays to a commit: ranges, an array, or a group (C5). */
export async function addArrayEdit(
  session: Session,
  builder: CommitBuilder,
  edit: ArrayEdit | GroupEdit,
): Promise<void> {
  const place = { id: edit.id, group: edit.group, from: edit.from.value };
  if (edit.kind === 'group') {
    const shown = edit.arrays.map(({ path, array, bytes }) => ({ path, ...array, bytes }));
    await keepChunks(session, shown);
    await builder.putGroup(place, (await arraysOfBefore(session, edit)) ?? shown);
    return;
  }
  const { path, after, bytes } = edit;
  const ranges = await changedRanges(session, edit);
  await keepChunks(session, [{ ...after, bytes }]);
  const size = ranges.reduce((sum, range) => sum + range.bytes.length, 0);
  if (size <= MOST_RANGE_BYTES) builder.overwrite(place, path, ranges);
  else await builder.putArray(place, { path, dtype: after.dtype, shape: after.shape, bytes });
}

/** The arrays of a group as they were when this user deleted the datablock (R4); null where those that are shown count. */
async function arraysOfBefore(session: Session, { as, group }: GroupEdit): Promise<ArrayContent[] | null> {
  const arrays = as?.groups.get(group)?.arrays;
  if (as === undefined || arrays === undefined) return null;
  const contents: ArrayContent[] = [];
  for (const [path, { dtype, shape }] of arrays) {
    const bytes = await session.bytesOf(as, group, path);
    if (isRefusal(bytes)) return null;
    contents.push({ path, dtype, shape, bytes });
  }
  return contents;
}

/** The runs of bytes that differ: exact where the bytes from before are at hand, else whole chunks. */
async function changedRanges(session: Session, { before, after, bytes }: ArrayEdit): Promise<ByteRange[]> {
  const ranges: ByteRange[] = [];
  for (const [index, piece] of cutIntoChunks(bytes).entries()) {
    const name = before.chunks[index]!;
    if (name === after.chunks[index]) continue;
    const start = index * LIMITS.chunkBytes;
    const was = await session.store.chunks.get(name);
    if (was === undefined) ranges.push({ offset: start, bytes: piece });
    else
      for (const { offset, bytes } of diffRanges(was, piece)) ranges.push({ offset: start + offset, bytes });
  }
  return ranges;
}

type Shown = Pick<MirrorArray, 'chunks'> & { readonly bytes: Uint8Array };

/** Keeps the chunks of arrays that Blender showed: the next difference is taken from them. */
async function keepChunks(session: Session, arrays: readonly Shown[]): Promise<void> {
  for (const { bytes, chunks } of arrays) {
    for (const [index, piece] of cutIntoChunks(bytes).entries()) {
      const name = chunks[index]!;
      if (!(await session.store.chunks.has(name))) await session.store.chunks.put(name, piece.slice());
    }
  }
}
