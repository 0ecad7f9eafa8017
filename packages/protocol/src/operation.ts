import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { DTYPE_BYTES, type Dtype } from './array.ts';
import { utf8 } from './bytes.ts';
import type { ChunkName, DatablockId } from './ids.ts';
import { LIMITS } from './limits.ts';
import { isPath, type Path } from './path.ts';
import { isValue, type Value } from './value.ts';

/** The identifier of a type (M2). */
export const TypeName = Type.String({ pattern: '^[A-Z][A-Za-z0-9]{0,63}$' });
/** The name of a group of arrays (M6). */
export const GroupName = Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' });
const Id = Type.Unsafe<DatablockId>(Type.String({ pattern: '^[0-9a-f]{32}$' }));
const Chunk = Type.Unsafe<ChunkName>(Type.String({ pattern: '^[0-9a-f]{64}$' }));
const PathText = Type.Unsafe<Path>(Type.String({ maxLength: LIMITS.pathBytes }));
const Name = Type.String({ maxLength: LIMITS.nameBytes });
const Values = Type.Unsafe<Readonly<Record<Path, Value>>>(Type.Object({}, { additionalProperties: true }));
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** Bytes of the buffers that follow the operations: [offset, size]. */
const BufferPlace = Type.Tuple([Count, Count]);

/** Where the content of an array is: in the commit, in chunks, or in chunks whose names are listed in chunks (K5). */
const ArrayData = Type.Union([
  Type.Object({ at: BufferPlace }, { additionalProperties: false }),
  Type.Object(
    { chunks: Type.Array(Chunk, { maxItems: LIMITS.listedChunks }) },
    { additionalProperties: false },
  ),
  Type.Object({ lists: Type.Array(Chunk, { maxItems: 64 }) }, { additionalProperties: false }),
]);

const ArrayForm = {
  path: PathText,
  dtype: Type.Unsafe<Dtype>(Type.Enum(Object.keys(DTYPE_BYTES))),
  shape: Type.Array(Type.Integer({ minimum: 0, maximum: LIMITS.arrayBytes }), { minItems: 1, maxItems: 4 }),
  data: ArrayData,
};
const closed = { additionalProperties: false };

/** The operations of a commit (M7), as they stand in its JSON list. */
export const OPERATION_SCHEMAS = {
  /** Makes a datablock with its first properties (M2). */
  create: Type.Object(
    {
      op: Type.Literal('create'),
      id: Id,
      type: TypeName,
      name: Name,
      set: Values,
    },
    closed,
  ),
  /** Removes a datablock and nothing else (C6). */
  delete: Type.Object({ op: Type.Literal('delete'), id: Id }, closed),
  /** Names a datablock; names need not be unique (M2). */
  rename: Type.Object({ op: Type.Literal('rename'), id: Id, name: Name }, closed),
  /** Writes and removes properties; removing an item removes all below it (M4). */
  set: Type.Object(
    { op: Type.Literal('set'), id: Id, set: Values, unset: Type.Array(PathText, { maxItems: 65536 }) },
    closed,
  ),
  /** Takes a datablock, or gives it to `user` (A3). */
  own: Type.Object(
    {
      op: Type.Literal('own'),
      id: Id,
      kind: Type.Union([Type.Literal('hard'), Type.Literal('soft')]),
      user: Type.Optional(Type.Integer({ minimum: 1, maximum: 0xffffffff })),
    },
    closed,
  ),
  /** Releases a datablock (A3). */
  disown: Type.Object({ op: Type.Literal('disown'), id: Id }, closed),
  /** Writes all arrays of a group and starts a version; without arrays the group is gone (C5). */
  'put-group': Type.Object(
    {
      op: Type.Literal('put-group'),
      id: Id,
      group: GroupName,
      from: Count,
      arrays: Type.Array(Type.Object(ArrayForm, closed), { maxItems: 1024 }),
    },
    closed,
  ),
  /** Writes one array into a version (C5). */
  'put-array': Type.Object(
    { op: Type.Literal('put-array'), id: Id, group: GroupName, from: Count, ...ArrayForm },
    closed,
  ),
  /** Overwrites bytes of one array of a version, from `offset` (C5). */
  range: Type.Object(
    {
      op: Type.Literal('range'),
      id: Id,
      group: GroupName,
      from: Count,
      path: PathText,
      offset: Count,
      at: BufferPlace,
    },
    closed,
  ),
} as const;

type Schemas = typeof OPERATION_SCHEMAS;
/** One operation. */
export type Operation = { [Op in keyof Schemas]: Static<Schemas[Op]> }[keyof Schemas];
export type OperationOf<Op extends Operation['op']> = Extract<Operation, { op: Op }>;
export type ArrayForm = OperationOf<'put-group'>['arrays'][number];
export type ArrayData = ArrayForm['data'];

const checks = new Map(Object.entries(OPERATION_SCHEMAS).map(([op, schema]) => [op, Compile(schema)]));

/** True when `value` is an operation whose buffers lie within `bufferBytes` (F2). */
export function isOperation(value: unknown, bufferBytes: number): value is Operation {
  if (typeof value !== 'object' || value === null || !('op' in value) || typeof value.op !== 'string')
    return false;
  const check = checks.get(value.op);
  return check?.Check(value) === true && hasSoundContent(value as Operation, bufferBytes);
}

function hasSoundContent(operation: Operation, bufferBytes: number): boolean {
  switch (operation.op) {
    case 'create':
      return fitsName(operation.name) && areProperties(operation.set);
    case 'rename':
      return fitsName(operation.name);
    case 'set':
      return areProperties(operation.set) && operation.unset.every(isPath);
    case 'put-group':
      return (
        operation.arrays.every((array) => isArraySound(array, bufferBytes)) &&
        new Set(operation.arrays.map((array) => array.path)).size === operation.arrays.length
      );
    case 'put-array':
      return isArraySound(operation, bufferBytes);
    case 'range':
      return isPath(operation.path) && isWithin(operation.at, bufferBytes);
    default:
      return true;
  }
}

/** The bytes of the buffers that an operation points to. All of a commit's may not be more than there are (F2). */
export function pointedBytesOf(operation: Operation): number {
  switch (operation.op) {
    case 'put-group':
      return operation.arrays.reduce((sum, array) => sum + inlineBytes(array.data), 0);
    case 'put-array':
      return inlineBytes(operation.data);
    case 'range':
      return operation.at[1];
    default:
      return 0;
  }
}

function inlineBytes(data: ArrayData): number {
  return 'at' in data ? data.at[1] : 0;
}

/** True when a name is not longer than {@link LIMITS.nameBytes}. */
export function fitsName(name: string): boolean {
  return utf8(name).length <= LIMITS.nameBytes;
}

function areProperties(set: Readonly<Record<Path, Value>>): boolean {
  return Object.entries(set).every(([path, value]) => isPath(path) && isValue(value));
}

function isArraySound(array: ArrayForm, bufferBytes: number): boolean {
  if (!isPath(array.path)) return false;
  if (!('at' in array.data)) return true;
  return array.data.at[1] <= LIMITS.inlineArrayBytes && isWithin(array.data.at, bufferBytes);
}

function isWithin([offset, size]: readonly [number, number], bufferBytes: number): boolean {
  return offset + size <= bufferBytes;
}
