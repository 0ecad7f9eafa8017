import {
  type ArrayGroup,
  type CommitBody,
  copyDatablock,
  type Datablock,
  type DatablockId,
  isBelow,
  itemsAbove,
  type Operation,
  type Path,
  type Value,
} from '@sceneport/protocol';

/** What was at a place before a gesture touched it. */
export type Before =
  | { readonly kind: 'property'; readonly path: Path; readonly value: Value | undefined }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'created' }
  | { readonly kind: 'deleted'; readonly datablock: Datablock }
  | { readonly kind: 'group'; readonly group: string; readonly before: ArrayGroup | undefined };

/** A place that a gesture touched, with what was there before. */
export type Touched = { readonly id: DatablockId } & Before;

/** Gestures that can be taken back. */
const REMEMBERED = 100;

/** What own gestures have touched, and what was there before the first commit of each (C9, C10). */
export class OwnGestures {
  readonly #gestures = new Map<string, Map<string, Touched>>();

  /** Notes a commit that is about to be made, with the scene as its author sees it. */
  note(gesture: string, { operations }: CommitBody, view: (id: DatablockId) => Datablock | undefined): void {
    const touched = this.#gestures.get(gesture) ?? new Map<string, Touched>();
    this.#gestures.set(gesture, touched);
    for (const operation of operations) {
      for (const [place, before] of placesBefore(operation, view(operation.id))) {
        const key = `${operation.id} ${place}`;
        if (!touched.has(key)) touched.set(key, { id: operation.id, ...before });
      }
    }
    if (this.#gestures.size > REMEMBERED) this.#gestures.delete(this.#gestures.keys().next().value!);
  }

  /** What a gesture touched, in the order it did. */
  touchedBy(gesture: string): readonly Touched[] {
    return [...(this.#gestures.get(gesture)?.values() ?? [])];
  }
}

function* placesBefore(operation: Operation, seen: Datablock | undefined): Generator<[string, Before]> {
  switch (operation.op) {
    case 'create':
      if (seen === undefined) yield [':datablock', { kind: 'created' }];
      return;
    case 'delete':
      if (seen !== undefined) yield [':datablock', { kind: 'deleted', datablock: copyDatablock(seen) }];
      return;
    case 'rename':
      if (seen !== undefined) yield [':name', { kind: 'name', name: seen.name }];
      return;
    case 'set':
      for (const path of [...operation.unset, ...Object.keys(operation.set)]) {
        yield* propertiesBefore(path, operation.unset.includes(path), seen);
      }
      return;
    case 'put-group':
    case 'put-array':
    case 'range':
      yield [`:group ${operation.group}`, groupBefore(operation.group, seen)];
  }
}

/** A property, and all that goes with it when it is an item that is removed (M4). */
function* propertiesBefore(
  path: Path,
  isRemoved: boolean,
  seen: Datablock | undefined,
): Generator<[string, Before]> {
  yield [path, { kind: 'property', path, value: seen?.properties.get(path)?.value }];
  if (!isRemoved || itemsAbove(path).at(-1) !== path || seen === undefined) return;
  for (const [below, { value }] of seen.properties) {
    if (isBelow(below, path)) yield [below, { kind: 'property', path: below, value }];
  }
  for (const [name, { arrays }] of seen.groups) {
    if ([...arrays.keys()].some((below) => isBelow(below, path))) {
      yield [`:group ${name}`, groupBefore(name, seen)];
    }
  }
}

function groupBefore(group: string, seen: Datablock | undefined): Before {
  return {
    kind: 'group',
    group,
    before: seen === undefined ? undefined : copyDatablock(seen).groups.get(group),
  };
}
