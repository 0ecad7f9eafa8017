import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ArrayState, arrayBytes, DTYPE_BYTES, type Dtype, isDirty } from './array.ts';
import { chunkCount } from './chunk.ts';
import type { ArrayGroup, Datablock, Owner } from './datablock.ts';
import { type ChunkName, parseChunkName, parseDatablockId } from './ids.ts';
import { LIMITS } from './limits.ts';
import { fitsName, GroupName, TypeName } from './operation.ts';
import { isPath, type Path } from './path.ts';
import { isValue, type Value } from './value.ts';

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const User = Type.Integer({ minimum: 0, maximum: 0xffffffff });
/** What a path is made of; {@link isPath} checks the rest. */
const PathKey = Type.String({ pattern: '^[-@/A-Za-z0-9_.%]+$' });
const closed = { additionalProperties: false };
const ArrayJson = Type.Tuple([
  Type.Unsafe<Dtype>(Type.Enum(Object.keys(DTYPE_BYTES))),
  Type.Array(Count, { minItems: 1, maxItems: 4 }),
  Count,
  User,
  Type.Array(Type.String()),
]);

/**
 * A datablock as one JSON object: in manifest pages (S1), catch-ups (S7), checkpoints (P4) and exported sessions.
 * Every array of numbers ends with [seq, author] of the last writer.
 */
const DatablockJson = Type.Object(
  {
    id: Type.String(),
    type: TypeName,
    name: Type.String({ maxLength: LIMITS.nameBytes }),
    /** [seq, author] of the name, then of the creation. */
    written: Type.Tuple([Count, User, Count, User]),
    owner: Type.Union([
      Type.Null(),
      Type.Tuple([User, Type.Union([Type.Literal('hard'), Type.Literal('soft')])]),
    ]),
    seq: Count,
    /** path: [value, seq, author]. */
    properties: Type.Record(PathKey, Type.Tuple([Type.Unknown(), Count, User]), closed),
    /** group: [version, seq, author, {path: [dtype, shape, seq, author, chunk names]}]. */
    groups: Type.Record(
      GroupName,
      Type.Tuple([Count, Count, User, Type.Record(PathKey, ArrayJson, closed)]),
      closed,
    ),
  },
  closed,
);
export type DatablockJson = Static<typeof DatablockJson>;
const check = Compile(DatablockJson);

/** The JSON form of a datablock. Throws when an array has a chunk without a name yet. */
export function datablockToJson(datablock: Datablock): DatablockJson {
  const { named, created, owner } = datablock;
  return {
    id: datablock.id,
    type: datablock.type,
    name: datablock.name,
    written: [named.seq, named.author, created.seq, created.author],
    owner: owner === null ? null : [owner.user, owner.kind],
    seq: datablock.seq,
    properties: Object.fromEntries(
      Array.from(datablock.properties, ([path, { value, seq, author }]) => [path, [value, seq, author]]),
    ),
    groups: Object.fromEntries(Array.from(datablock.groups, ([name, group]) => [name, groupToJson(group)])),
  };
}

function groupToJson(group: ArrayGroup): DatablockJson['groups'][string] {
  const arrays = Array.from(group.arrays, ([path, array]): [Path, Static<typeof ArrayJson>] => [
    path,
    [array.dtype, [...array.shape], array.seq, array.author, array.chunks.map(nameOf)],
  ]);
  return [group.version, group.seq, group.author, Object.fromEntries(arrays)];
}

function nameOf(slot: ArrayState['chunks'][number]): string {
  if (isDirty(slot)) throw new Error('a chunk has no name yet');
  return slot;
}

/** Reads the JSON form, or null when it is not sound: it may come from a server or a file. */
export function datablockFromJson(json: unknown): Datablock | null {
  if (!check.Check(json)) return null;
  const id = parseDatablockId(json.id);
  if (id === null || !fitsName(json.name)) return null;
  const properties = new Map<Path, { value: Value; seq: number; author: number }>();
  for (const [path, [value, seq, author]] of Object.entries(json.properties)) {
    if (!isPath(path) || !isValue(value)) return null;
    properties.set(path, { value, seq, author });
  }
  const groups = new Map<string, ArrayGroup>();
  for (const [name, [version, seq, author, arraysJson]] of Object.entries(json.groups)) {
    const arrays = new Map<Path, ArrayState>();
    for (const [path, arrayJson] of Object.entries(arraysJson)) {
      const array = isPath(path) ? arrayFromJson(arrayJson) : null;
      if (array === null) return null;
      arrays.set(path, array);
    }
    groups.set(name, { version, seq, author, arrays });
  }
  const [nameSeq, nameAuthor, createdSeq, createdAuthor] = json.written;
  return {
    id,
    type: json.type,
    name: json.name,
    named: { seq: nameSeq, author: nameAuthor },
    created: { seq: createdSeq, author: createdAuthor },
    owner: ownerFromJson(json.owner),
    seq: json.seq,
    properties,
    groups,
  };
}

function ownerFromJson(owner: DatablockJson['owner']): Owner | null {
  return owner === null ? null : { user: owner[0], kind: owner[1] };
}

function arrayFromJson([dtype, shape, seq, author, names]: Static<typeof ArrayJson>): ArrayState | null {
  const size = arrayBytes(dtype, shape);
  const chunks = names.map(parseChunkName);
  if (size === null || chunks.length !== chunkCount(size) || chunks.includes(null)) return null;
  return { dtype, shape, chunks: chunks as ChunkName[], seq, author };
}
