import type { DatablockId } from '@sceneport/protocol';
import type { Marks } from '../../src/conversation/block.ts';
import type { FakeBlock, FakeEntry } from './fake-entry.ts';

interface Note {
  readonly show: number;
  readonly id: DatablockId;
  readonly reason: 'mine' | 'undone';
  /** Null: it is gone. */
  readonly marks: Marks | null;
}

/** Which places the shows were about that the companion has not stored yet (J10). */
export class FakeUnstored {
  #notes: Note[] = [];

  note(show: number, isUndo: boolean, block: FakeBlock, before: FakeEntry | undefined): void {
    this.#notes.push({
      show,
      id: block.id,
      reason: isUndo ? 'undone' : 'mine',
      marks: marksOf(block, before),
    });
  }

  noteGone(show: number, isUndo: boolean, id: DatablockId): void {
    this.#notes.push({ show, id, reason: isUndo ? 'undone' : 'mine', marks: null });
  }

  /** Everything up to this show is stored. */
  stored(show: number): void {
    this.#notes = this.#notes.filter((note) => note.show > show);
  }

  get isEmpty(): boolean {
    return this.#notes.length === 0;
  }

  /** What is gone, as said last of each; `undone`: by an undo. */
  gone(isThere: (id: DatablockId) => boolean): { gone: DatablockId[]; undone: DatablockId[] } {
    const last = new Map(this.#notes.filter(({ marks }) => marks === null).map((note) => [note.id, note]));
    const gone = [...last.keys()].filter((id) => !isThere(id));
    return { gone, undone: gone.filter((id) => last.get(id)!.reason === 'undone') };
  }

  /** The marks of a datablock that is there. */
  marks(id: DatablockId): { mine?: Marks; undone?: Marks } {
    const marks: { mine?: Marks; undone?: Marks } = {};
    for (const note of this.#notes) {
      if (note.id === id && note.marks !== null)
        marks[note.reason] = merged(marks[note.reason] ?? {}, note.marks);
    }
    return marks;
  }
}

function marksOf(block: FakeBlock, before: FakeEntry | undefined): Marks {
  if (before === undefined) return { whole: true };
  const {
    name,
    set = {},
    unset = [],
    items = {},
    sets = {},
    arrays = [],
    groups,
  } = block as {
    name?: string;
    set?: Record<string, unknown>;
    unset?: string[];
    items?: Record<string, [string, number][]>;
    sets?: Record<string, DatablockId[]>;
    arrays?: { path: string }[];
    groups?: string[];
  };
  const handles = (list: [string, number][] | undefined): string[] => (list ?? []).map(([handle]) => handle);
  return {
    ...(name === undefined ? {} : { name: true }),
    paths: [...Object.keys(set), ...unset],
    items: mapRecord(items, (list, path) => differing(handles(before.items[path]), handles(list))),
    sets: mapRecord(sets, (list, path) => differing(before.sets[path] ?? [], list)),
    ...(groups === undefined ? { arrays: { geometry: arrays.map(({ path }) => path) } } : { groups }),
  };
}

function merged(a: Marks, b: Marks): Marks {
  return {
    whole: a.whole === true || b.whole === true,
    name: a.name === true || b.name === true,
    paths: [...(a.paths ?? []), ...(b.paths ?? [])],
    items: union(a.items ?? {}, b.items ?? {}),
    sets: union(a.sets ?? {}, b.sets ?? {}),
    arrays: union(a.arrays ?? {}, b.arrays ?? {}),
    groups: [...(a.groups ?? []), ...(b.groups ?? [])],
  };
}

function union<Member>(
  a: Record<string, readonly Member[]>,
  b: Record<string, readonly Member[]>,
): Record<string, Member[]> {
  const all: Record<string, Member[]> = {};
  for (const [path, members] of [...Object.entries(a), ...Object.entries(b)]) {
    all[path] = [...(all[path] ?? []), ...members];
  }
  return all;
}

function mapRecord<From, To>(
  record: Record<string, From>,
  map: (from: From, path: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([path, from]) => [path, map(from, path)]));
}

function differing<Member>(before: readonly Member[], now: readonly Member[]): Member[] {
  return [...before.filter((one) => !now.includes(one)), ...now.filter((one) => !before.includes(one))];
}
