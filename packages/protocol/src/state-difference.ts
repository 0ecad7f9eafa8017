import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ArrayState } from './array.ts';
import { utf8 } from './bytes.ts';
import type { ArrayGroup, Datablock, Written } from './datablock.ts';
import type { DatablockId } from './ids.ts';
import { parseJson } from './json.ts';
import type { Path } from './path.ts';
import { sameValue } from './value.ts';

const NEWLINE = 10;
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const User = Type.Integer({ minimum: 0, maximum: 0xffffffff });
const closed = { additionalProperties: false };

const PathDifference = Type.Object(
  {
    /** The name is `:name`, the owner `:owner`; the path of an array follows its group and a colon. */
    path: Type.String(),
    /** Who wrote or removed it last, and with which event; null where that is not known. */
    written: Type.Union([Type.Null(), Type.Object({ seq: Count, author: User }, closed)]),
  },
  closed,
);
const DatablockDifference = Type.Object(
  {
    id: Type.Unsafe<DatablockId>(Type.String({ pattern: '^[0-9a-f]{32}$' })),
    type: Type.String(),
    name: Type.String(),
    change: Type.Union([Type.Literal('created'), Type.Literal('deleted'), Type.Literal('changed')]),
    paths: Type.Array(PathDifference),
  },
  closed,
);
const check = Compile(DatablockDifference);

/** A path that differs, with its last writer. */
export type PathDifference = Static<typeof PathDifference>;
/** What became of a datablock between two states (P4). */
export type DatablockDifference = Static<typeof DatablockDifference>;

/** The differences as text: a line of JSON each. */
export function differencesText(differences: readonly DatablockDifference[]): Uint8Array {
  return utf8(differences.map((difference) => `${JSON.stringify(difference)}\n`).join(''));
}

/** Reads {@link differencesText}; null when a line is not sound. */
export function decodeDifferences(text: Uint8Array): DatablockDifference[] | null {
  const differences: DatablockDifference[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf(NEWLINE, start);
    const line: unknown = end === -1 ? undefined : parseJson(text.subarray(start, end));
    if (!check.Check(line)) return null;
    differences.push(line);
    start = end + 1;
  }
  return differences;
}

/** Who removed what a state does not have any more, or changed its owner. */
export type FindRemover = (id: DatablockId, path: Path) => Written | null;

/**
 * How datablocks differ, by id; all chunks have their names. A datablock that was deleted and made again in between is
 * `changed` like any other.
 */
export function differenceBetween(
  before: ReadonlyMap<DatablockId, Datablock>,
  after: ReadonlyMap<DatablockId, Datablock>,
  findRemover: FindRemover,
): DatablockDifference[] {
  const differences: DatablockDifference[] = [];
  for (const [id, { type, name }] of before) {
    if (after.has(id)) continue;
    const paths = [{ path: ':name', written: findRemover(id, ':name') }];
    differences.push({ id, type, name, change: 'deleted', paths });
  }
  for (const [id, datablock] of after) {
    const { type, name, created } = datablock;
    const former = before.get(id);
    if (former === undefined) {
      differences.push({ id, type, name, change: 'created', paths: [{ path: ':name', written: created }] });
      continue;
    }
    const paths =
      former.seq === datablock.seq ? [] : pathsBetween(former, datablock, (path) => findRemover(id, path));
    if (paths.length > 0) differences.push({ id, type, name, change: 'changed', paths });
  }
  return differences;
}

function pathsBetween(
  before: Datablock,
  after: Datablock,
  remover: (path: Path) => Written | null,
): PathDifference[] {
  const paths: PathDifference[] = [];
  if (before.type !== after.type || before.name !== after.name)
    paths.push({ path: ':name', written: after.named });
  if (before.owner?.user !== after.owner?.user || before.owner?.kind !== after.owner?.kind)
    paths.push({ path: ':owner', written: remover(':owner') });
  for (const [path, { value, seq, author }] of after.properties) {
    const former = before.properties.get(path);
    if (former === undefined || !sameValue(former.value, value))
      paths.push({ path, written: { seq, author } });
  }
  for (const path of before.properties.keys()) {
    if (!after.properties.has(path)) paths.push({ path, written: remover(path) });
  }
  for (const name of new Set([...before.groups.keys(), ...after.groups.keys()])) {
    paths.push(...arraysBetween(name, before.groups.get(name), after.groups.get(name), remover));
  }
  return paths;
}

function arraysBetween(
  name: string,
  before: ArrayGroup | undefined,
  after: ArrayGroup | undefined,
  remover: (path: Path) => Written | null,
): PathDifference[] {
  const paths: PathDifference[] = [];
  for (const [path, array] of after?.arrays ?? []) {
    const former = before?.arrays.get(path);
    if (former === undefined || !sameArray(former, array)) {
      paths.push({ path: `${name}:${path}`, written: { seq: array.seq, author: array.author } });
    }
  }
  for (const path of before?.arrays.keys() ?? []) {
    if (after?.arrays.has(path) === true) continue;
    paths.push({ path: `${name}:${path}`, written: remover(`${name}:${path}`) });
  }
  return paths;
}

/** True when two arrays have the same form and content; all chunks have their names. */
export function sameArray(one: ArrayState, other: ArrayState): boolean {
  return (
    one.dtype === other.dtype &&
    one.shape.length === other.shape.length &&
    one.shape.every((length, axis) => length === other.shape[axis]) &&
    one.chunks.length === other.chunks.length &&
    one.chunks.every((name, index) => name === other.chunks[index])
  );
}
