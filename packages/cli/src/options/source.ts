import type { OptionKey } from './table.ts';
import type { OptionValue } from './value.ts';

/** The options that one source (the flags, the environment, the file) gives, and what the user should be told. */
export interface Source {
  readonly values: ReadonlyMap<OptionKey, OptionValue>;
  readonly warnings: readonly string[];
}
