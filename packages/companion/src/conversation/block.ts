import {
  arrayBytes,
  type DatablockId,
  DTYPE_BYTES,
  type Dtype,
  LIMITS,
  type Path,
  type Value,
} from '@sceneport/protocol';
import Type, { type Static } from 'typebox';

export const IdText = Type.Unsafe<DatablockId>(Type.String({ pattern: '^[0-9a-f]{32}$' }));
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** A path whose items are named by handles (N1). */
export const HandlePath = Type.Unsafe<Path>(Type.String({ minLength: 1, maxLength: 4096 }));
export const Values = Type.Unsafe<Readonly<Record<Path, Value>>>(
  Type.Object({}, { additionalProperties: true }),
);
const Handle = Type.Union([Type.String({ minLength: 1, maxLength: 1024 }), Count]);
export const ItemLists = Type.Record(
  Type.String(),
  Type.Array(Type.Tuple([Handle, Type.Integer()]), { maxItems: 65536 }),
);
export const MemberSets = Type.Record(Type.String(), Type.Array(IdText, { maxItems: 1_000_000 }));

/** One array (V3). Its bytes are the buffer of that index. */
export const ShownArray = Type.Object({
  group: Type.String({ pattern: '^[a-z][a-z0-9_]{0,63}$' }),
  path: HandlePath,
  dtype: Type.Unsafe<Dtype>(Type.Enum(Object.keys(DTYPE_BYTES))),
  shape: Type.Array(Count, { minItems: 1, maxItems: 2 }),
  topology: Type.Boolean(),
  buffer: Count,
});
export type ShownArray = Static<typeof ShownArray>;

/** Places of a datablock whose differences are the user's (J12). */
export const Marks = Type.Object({
  /** All of it: the user made it. */
  whole: Type.Optional(Type.Boolean()),
  name: Type.Optional(Type.Boolean()),
  paths: Type.Optional(Type.Array(HandlePath)),
  /** What came to a list or left it, by the path of the list. */
  items: Type.Optional(Type.Record(Type.String(), Type.Array(Handle, { maxItems: 65536 }))),
  sets: Type.Optional(MemberSets),
  /** Arrays by their group. */
  arrays: Type.Optional(Type.Record(Type.String(), Type.Array(HandlePath, { maxItems: 4096 }))),
  /** Groups that were made anew. */
  groups: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 256 })),
});
export type Marks = Static<typeof Marks>;

/** What is said about one datablock (V2). */
export const Block = Type.Object({
  id: IdText,
  type: Type.Optional(Type.String({ pattern: '^[A-Z][A-Za-z0-9]{0,63}$' })),
  name: Type.Optional(Type.String({ maxLength: LIMITS.nameBytes })),
  full: Type.Optional(Type.Boolean()),
  set: Type.Optional(Values),
  unset: Type.Optional(Type.Array(HandlePath)),
  sets: Type.Optional(MemberSets),
  items: Type.Optional(ItemLists),
  arrays: Type.Optional(Type.Array(ShownArray, { maxItems: 4096 })),
  groups: Type.Optional(Type.Array(Type.String({ maxLength: 64 }), { maxItems: 256 })),
  mine: Type.Optional(Marks),
  undone: Type.Optional(Marks),
});
export type Block = Static<typeof Block>;

/** True when the bytes of every array are there and as long as its shape says (V3). */
export function hasSoundArrays(arrays: readonly ShownArray[], buffers: readonly Uint8Array[]): boolean {
  return arrays.every(({ dtype, shape, buffer }) => buffers[buffer]?.length === arrayBytes(dtype, shape));
}
