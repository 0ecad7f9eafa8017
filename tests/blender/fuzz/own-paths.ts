import type { Path } from '@sceneport/protocol';

/** Properties that, in these tests, only ever one of the users writes: a pattern for each of them, by number. */
const ownPaths: readonly (readonly RegExp[])[] = [
  [/^location$/, /^scale$/, /^delta_scale$/],
  [/^custom\/mark_0$/, /^custom\/mark_1$/, /^custom\/mark_2$/],
  [/^energy$/, /^color$/, /^specular_factor$/],
  [
    /\/inputs\/Roughness\/default_value$/,
    /\/inputs\/Metallic\/default_value$/,
    /\/inputs\/IOR\/default_value$/,
  ],
];

/** The number of the user who alone writes a property, or null where all do. */
export function ownerOfPath(path: Path): number | null {
  for (const patterns of ownPaths) {
    const owner = patterns.findIndex((pattern) => pattern.test(path));
    if (owner !== -1) return owner;
  }
  return null;
}
