import type { Operation, Path } from '@sceneport/protocol';

/**
 * `operations` of a commit that has to be sent again, less what later commits of the same user, which are on their way
 * already, write anyway: sent after them it would put older values over newer ones.
 */
export function withoutSuperseded(
  operations: readonly Operation[],
  later: readonly Operation[],
): Operation[] {
  const written = new Set(later.flatMap(placesOf));
  return operations.flatMap((operation): Operation[] => {
    if (!placesOf(operation).some((place) => written.has(place))) return [operation];
    if (operation.op !== 'set') return [];
    const isOpen = (path: Path) => !written.has(`${operation.id} ${path}`);
    const set = Object.fromEntries(Object.entries(operation.set).filter(([path]) => isOpen(path)));
    const unset = operation.unset.filter(isOpen);
    return Object.keys(set).length + unset.length === 0 ? [] : [{ ...operation, set, unset }];
  });
}

/** The places that an operation settles completely; a `range` settles only its own bytes and names them. */
function placesOf(operation: Operation): string[] {
  const { id } = operation;
  switch (operation.op) {
    case 'set':
      return [...Object.keys(operation.set), ...operation.unset].map((path) => `${id} ${path}`);
    case 'rename':
      return [`${id} :name`];
    case 'own':
    case 'disown':
      return [`${id} :owner`];
    case 'put-group':
      return [`${id} :group ${operation.group}`];
    case 'put-array':
      return [`${id} :group ${operation.group} ${operation.path}`];
    case 'range':
      return [`${id} :group ${operation.group} ${operation.path} ${operation.offset} ${operation.at[1]}`];
    default:
      return [];
  }
}
