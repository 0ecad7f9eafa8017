import {
  type DatablockId,
  isBelow,
  type Operation,
  type OperationOf,
  type Path,
  type Refusal,
} from '@sceneport/protocol';

/** Stands for a place that has no path of its own. */
const ANY = ':any';

/** The two halves of a commit that was refused. */
export interface TakenOut {
  readonly kept: readonly Operation[];
  readonly taken: readonly Operation[];
}

/** True for the paths of a datablock that are meant; `removes`: also when only something below the path is. */
type Selects = (id: DatablockId, path: Path, removes: boolean) => boolean;

/**
 * Takes exactly what a refusal names out of a commit: datablocks of another owner (A2), what is gone or exists already
 * (C6), stale arrays (C5), places that others wrote meanwhile (C8). A refusal names so many and no more: what else there
 * is comes with the refusal of the rest. Null when the refusal names nothing of it, and so all of it is refused.
 */
export function takeOut(operations: readonly Operation[], { code, details = {} }: Refusal): TakenOut | null {
  switch (code) {
    case 'not-owner':
    case 'exists':
      return split(operations, selectDatablocks(details));
    case 'gone': {
      const { id, item } = details as { id?: unknown; item?: unknown };
      if (typeof item !== 'string') return split(operations, selectDatablocks(details));
      return split(operations, (other, path) => other === id && (path === item || isBelow(path, item)));
    }
    case 'stale-array':
      return splitArrays(operations, details);
    case 'conflict':
      return split(operations, selectPaths(details));
    default:
      return null;
  }
}

/** The datablock that is named first, and the others in the list of those that are locked. */
function selectDatablocks({ id, locked }: Readonly<Record<string, unknown>>): Selects {
  const list = Array.isArray(locked) ? (locked as { id?: unknown }[]) : [];
  const named = new Set([id, ...list.map((one) => one?.id)]);
  return (other) => named.has(other);
}

function selectPaths({ paths }: Readonly<Record<string, unknown>>): Selects {
  const list = Array.isArray(paths) ? (paths as { id?: unknown; path?: unknown }[]) : [];
  const written = Map.groupBy(list, ({ id }) => id);
  return (id, path, removes) =>
    (written.get(id) ?? []).some(
      (one) => one.path === path || (removes && (path === ANY || isBelow(String(one.path) as Path, path))),
    );
}

function splitArrays(
  operations: readonly Operation[],
  { id, group, path }: Readonly<Record<string, unknown>>,
): TakenOut | null {
  const isStale = (operation: Operation) =>
    operation.id === id &&
    'group' in operation &&
    (group === undefined
      ? operation.op !== 'put-group' && operation.path === path
      : operation.group === group);
  return halves(operations.map((operation) => (isStale(operation) ? [null, operation] : [operation, null])));
}

function split(operations: readonly Operation[], selects: Selects): TakenOut | null {
  return halves(operations.map((operation) => splitOperation(operation, selects)));
}

function halves(pairs: readonly (readonly (Operation | null)[])[]): TakenOut | null {
  const kept = pairs.flatMap(([keep]) => keep ?? []);
  const taken = pairs.flatMap(([, take]) => take ?? []);
  return taken.length === 0 ? null : { kept, taken };
}

/** The part of an operation that stays and the part that is taken out. */
function splitOperation(operation: Operation, selects: Selects): [Operation | null, Operation | null] {
  if (operation.op === 'set') return splitSet(operation, selects);
  const removes = operation.op === 'delete';
  return pathsOf(operation).some((path) => selects(operation.id, path, removes))
    ? [null, operation]
    : [operation, null];
}

function splitSet(operation: OperationOf<'set'>, selects: Selects): [Operation | null, Operation | null] {
  const isTaken = (path: Path, removes: boolean) => selects(operation.id, path, removes);
  const part = (wanted: boolean): Operation | null => {
    const set = Object.entries(operation.set).filter(([path]) => isTaken(path, false) === wanted);
    const unset = operation.unset.filter((path) => isTaken(path, true) === wanted);
    return set.length + unset.length === 0 ? null : { ...operation, set: Object.fromEntries(set), unset };
  };
  return [part(false), part(true)];
}

/** What an operation that is refused whole writes. */
function pathsOf(operation: Operation): Path[] {
  switch (operation.op) {
    case 'rename':
      return [':name'];
    case 'create':
      return [ANY, ...Object.keys(operation.set)];
    case 'put-group':
      return [ANY, ...operation.arrays.map((array) => array.path)];
    case 'put-array':
    case 'range':
      return [operation.path];
    default:
      return [ANY];
  }
}
