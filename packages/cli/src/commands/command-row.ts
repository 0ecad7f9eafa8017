/**
 * What a word of a command stands for; the shell completes it by this. A `file` is a path of this machine, a `duration` is
 * typed as `12h` and sent in milliseconds, a `list` takes all the words that are left.
 */
export type ParameterKind = 'user' | 'role' | 'session' | 'file' | 'duration' | 'text' | 'list';

/** One argument of a command, in the place in which it is typed. */
export interface Parameter {
  /** The name that the server gives to the argument. */
  readonly name: string;
  readonly kind: ParameterKind;
  /** How it is called where its name would say nothing. */
  readonly placeholder?: string;
  readonly optional?: true;
  /** Takes all the words that are left as one text, so that a reason or a name need no quotes. */
  readonly rest?: true;
}

/** A command as people type it and as the server knows it. */
export interface CommandRow {
  /** Its name on the server. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** What is asked on a terminal before it is done. */
  readonly question?: string;
  readonly help: string;
}
