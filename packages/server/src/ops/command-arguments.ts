import { type Refusal, type Role, refusal } from '@sceneport/protocol';

/** The arguments of a command, as they came. */
export type Arguments = Readonly<Record<string, unknown>>;

/** Thrown while arguments are read and caught where the command is run: the refusal of a wrong argument. */
export class BadArgument extends Error {
  readonly refused: Refusal;

  constructor(name: string, wanted: string) {
    super(name);
    this.refused = refusal('bad-request', `The argument "${name}" is to be ${wanted}.`);
  }
}

/** A text of 1 to 1024 characters. */
export function textOf(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value !== 'string' || value.length === 0 || value.length > 1024)
    throw new BadArgument(name, 'a text');
  return value;
}

/** A text, or undefined where it is not given. */
export function optionalText(args: Arguments, name: string): string | undefined {
  return args[name] === undefined ? undefined : textOf(args, name);
}

/** A whole number, 0 or more; also as text, since that is how it is typed. */
export function countOf(args: Arguments, name: string): number {
  const given = args[name];
  const value = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new BadArgument(name, 'a whole number');
  return value as number;
}

/** A whole number, or null where it is not given. */
export function optionalCount(args: Arguments, name: string): number | null {
  return args[name] === undefined || args[name] === null ? null : countOf(args, name);
}

/** A name or a number of a user (U1). */
export function userOf(args: Arguments, name: string): string | number {
  const value = args[name];
  return typeof value === 'number' ? countOf(args, name) : textOf(args, name);
}

/** A role (A1). */
export function roleOf(args: Arguments, name: string): Role {
  const value = args[name];
  if (value !== 'viewer' && value !== 'editor' && value !== 'admin') {
    throw new BadArgument(name, '"viewer", "editor" or "admin"');
  }
  return value;
}

/** A list of 1 to 10,000 texts. */
export function textsOf(args: Arguments, name: string): string[] {
  const value = args[name];
  const isList = Array.isArray(value) && value.length > 0 && value.length <= 10_000;
  if (!isList || !value.every((one) => typeof one === 'string'))
    throw new BadArgument(name, 'a list of texts');
  return value;
}
