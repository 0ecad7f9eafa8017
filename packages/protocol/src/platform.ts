/** What Node has and browsers lack, asked for at run time, so that one build serves both. */

type BuiltinModules = {
  'node:crypto': typeof import('node:crypto');
  'node:zlib': typeof import('node:zlib');
};

/** A module built into Node, or undefined in a browser. */
export function nodeModule<Name extends keyof BuiltinModules>(name: Name): BuiltinModules[Name] | undefined {
  return (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.(name) as
    | BuiltinModules[Name]
    | undefined;
}
