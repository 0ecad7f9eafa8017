import { type ItemKey, itemPath, mapItems, type Path, type Value } from '@sceneport/protocol';
import type { ItemList } from './item-list.ts';

/** The lists of a datablock, by the path of their collection (with keys). */
export type Lists = ReadonlyMap<Path, ItemList>;

/** A path with handles as a path with keys (N1), or null when one of its items is not in the lists. */
export function toKeys(lists: Lists, path: Path): Path | null {
  let translated = '';
  for (const segment of path.split('/')) {
    const list = lists.get(translated);
    if (list === undefined) {
      translated = translated === '' ? segment : `${translated}/${segment}`;
      continue;
    }
    const key = list.keyOf(segment);
    if (key === undefined) return null;
    translated = itemPath(translated, key as ItemKey);
  }
  return translated;
}

/** A path with keys as a path with handles (N1), or null when one of its items is not in the lists. */
export function toHandles(lists: Lists, path: Path): Path | null {
  if (!path.includes('@')) return path;
  const handles: string[] = [];
  let above = '';
  for (const segment of path.split('/')) {
    if (segment.startsWith('@')) {
      const handle = lists.get(above)?.handleOf(segment.slice(1));
      if (handle === undefined) return null;
      handles.push(handle);
    } else {
      handles.push(segment);
    }
    above = above === '' ? segment : `${above}/${segment}`;
  }
  return handles.join('/');
}

/** A value with every reference to an item translated, or null when one of them is not in the lists. */
export function translateValue(
  lists: Lists,
  value: Value,
  translate: (lists: Lists, path: Path) => Path | null,
): Value {
  let missing = false;
  const translated = mapItems(value, (path) => {
    const found = translate(lists, path);
    missing ||= found === null;
    return found ?? path;
  });
  return missing ? null : translated;
}
