/** `@sceneport/companion`: the mind beside Blender. */
export { type CompanionOptions, runCompanion } from './companion.ts';
