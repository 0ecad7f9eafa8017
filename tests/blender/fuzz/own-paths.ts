import type { Path } from '@sceneport/protocol';

/** Properties that, in these tests, only ever one of the two users writes: a pattern for each of the two. */
const ownPaths: readonly (readonly [RegExp, RegExp])[] = [
  [/^location$/, /^scale$/],
  [/^custom\/mark_0$/, /^custom\/mark_1$/],
  [/^energy$/, /^color$/],
  [/\/inputs\/Roughness\/default_value$/, /\/inputs\/Metallic\/default_value$/],
];

/** Which of the two users alone writes a property: 0, 1, or null where both do. */
export function ownerOfPath(path: Path): 0 | 1 | null {
  if (ownPaths.some(([first]) => first.test(path))) return 0;
  if (ownPaths.some(([, second]) => second.test(path))) return 1;
  return null;
}
