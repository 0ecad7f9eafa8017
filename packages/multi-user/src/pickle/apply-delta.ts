import { follow, type Step, stepsOf } from './delta-path.ts';
import { PickleConstant, type PickleValue } from './value.ts';

type Section = Map<string, PickleValue>;
type Apply = (root: PickleValue, section: Section) => boolean;

/**
 * The kinds of changes that mean the same in every release of the deepdiff package, in the order in which it makes them:
 * values and their types, items at the end of lists, items of dicts.
 */
const SECTIONS: readonly (readonly [string, Apply])[] = [
  [
    'values_changed',
    (root, section) => each(section, (path, change) => setValue(root, path, newValue(change))),
  ],
  ['type_changes', (root, section) => each(section, (path, change) => changeType(root, path, change))],
  ['iterable_item_removed', removeItems],
  ['iterable_item_added', addItems],
  ['dictionary_item_added', (root, section) => each(section, (path, value) => addKey(root, path, value))],
  ['dictionary_item_removed', (root, section) => each(section, (path) => removeKey(root, path))],
];
const KNOWN = new Set(SECTIONS.map(([name]) => name));

/**
 * Changes `root` as Python would by adding a delta to it. False where the delta holds anything else than the plainest
 * changes, or does not fit: `root` may then be changed in part, and is of no use.
 */
export function applyDelta(root: PickleValue, delta: ReadonlyMap<string, PickleValue>): boolean {
  for (const [name, section] of delta) if (!KNOWN.has(name) || !isSection(section)) return false;
  return SECTIONS.every(([name, apply]) => {
    const section = delta.get(name);
    return section === undefined || apply(root, section as Section);
  });
}

function isSection(value: PickleValue): value is Section {
  return value instanceof Map && [...value.keys()].every((key) => typeof key === 'string');
}

function each(section: Section, change: (path: string, value: PickleValue) => boolean): boolean {
  return [...section].every(([path, value]) => change(path, value));
}

function newValue(change: PickleValue): PickleValue | undefined {
  return change instanceof Map ? change.get('new_value') : undefined;
}

/** The container that a path ends in, and its last step. */
function placeOf(root: PickleValue, path: string): { container: PickleValue; step: Step } | null {
  const steps = stepsOf(path);
  if (steps === null) return null;
  const last = steps.pop()!;
  let container: PickleValue | undefined = root;
  for (const step of steps) {
    container = follow(container, step);
    if (container === undefined) return null;
  }
  return { container, step: last };
}

/** Sets what is there already. */
function setValue(root: PickleValue, path: string, value: PickleValue | undefined): boolean {
  const place = placeOf(root, path);
  if (place === null || value === undefined || follow(place.container, place.step) === undefined)
    return false;
  return put(place.container, place.step, value);
}

function put(container: PickleValue, step: Step, value: PickleValue): boolean {
  if (container instanceof Map) container.set(step, value);
  else if (Array.isArray(container)) container[Number(step)] = value;
  else return false;
  return true;
}

/** A new value is left out where calling its class with the old one gives it: that is known here of numbers only. */
function changeType(root: PickleValue, path: string, change: PickleValue): boolean {
  if (newValue(change) !== undefined) return setValue(root, path, newValue(change));
  const place = placeOf(root, path);
  const type = change instanceof Map ? change.get('new_type') : null;
  if (place === null || !(type instanceof PickleConstant)) return false;
  const old = follow(place.container, place.step);
  if (type.name === 'float' && typeof old === 'bigint' && Number.isSafeInteger(Number(old)))
    return put(place.container, place.step, Number(old));
  if (type.name === 'int' && typeof old === 'number' && Number.isSafeInteger(old))
    return put(place.container, place.step, BigInt(old));
  return false;
}

function addKey(root: PickleValue, path: string, value: PickleValue): boolean {
  const place = placeOf(root, path);
  return place?.container instanceof Map && put(place.container, place.step, value);
}

function removeKey(root: PickleValue, path: string): boolean {
  const place = placeOf(root, path);
  return place?.container instanceof Map && place.container.delete(place.step);
}

function addItems(root: PickleValue, section: Section): boolean {
  return [...section].sort(byPath).every(([path, value]) => {
    const place = placeOf(root, path);
    if (place === null || !Array.isArray(place.container)) return false;
    if (place.step !== BigInt(place.container.length)) return false;
    place.container.push(value);
    return true;
  });
}

function removeItems(root: PickleValue, section: Section): boolean {
  return [...section]
    .sort(byPath)
    .reverse()
    .every(([path]) => {
      const place = placeOf(root, path);
      if (place === null || !Array.isArray(place.container)) return false;
      if (place.step !== BigInt(place.container.length - 1)) return false;
      place.container.pop();
      return true;
    });
}

/** As texts: where that is not the order of the indexes, releases differ, and an index is not the last one. */
function byPath([left]: [string, PickleValue], [right]: [string, PickleValue]): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
