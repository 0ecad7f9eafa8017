/** What a word of a command stands for; the shell completes it by this. */
export type ParameterKind = 'user' | 'role' | 'session' | 'file' | 'text';

/** One argument of a command, in the place in which it is typed. */
export interface Parameter {
  /** The name that the server gives to the argument. */
  readonly name: string;
  readonly kind: ParameterKind;
  readonly optional?: true;
  /** Takes all the words that are left, so that a reason or a name need no quotes. */
  readonly rest?: true;
}

/** A command as people type it and as the server knows it. */
export interface CommandRow {
  /** Its name on the server. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly help: string;
}
