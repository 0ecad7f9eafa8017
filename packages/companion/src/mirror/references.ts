import { type DatablockId, referenceOf, type Value } from '@sceneport/protocol';

/** `value` with every reference to a datablock for which `exists` is false as null, itself when there is none (M5). */
export function mapReferences(value: Value, exists: (id: DatablockId) => boolean): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const members = value.map((member: Value) => mapReferences(member, exists));
    return members.some((member, index) => member !== value[index]) ? members : value;
  }
  const id = referenceOf(value);
  return id !== null && !exists(id) ? null : value;
}

/** Every datablock that `value` refers to. */
export function referencesIn(value: Value): DatablockId[] {
  if (Array.isArray(value)) return value.flatMap((member: Value) => referencesIn(member));
  const id = referenceOf(value);
  return id === null ? [] : [id];
}
