import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { ServerOptions } from '../options.ts';
import type { Member } from '../session/member.ts';
import type { Session } from '../session/session.ts';
import type { SessionDirectory } from '../session/session-directory.ts';
import { type Arguments, BadArgument, optionalText } from './command-arguments.ts';
import { HISTORY_COMMANDS } from './history-commands.ts';
import { INVITE_COMMANDS } from './invite-commands.ts';
import { SESSION_COMMANDS } from './session-commands.ts';
import { USER_COMMANDS } from './user-commands.ts';

/** Who gives a command: someone at this machine, or a member of a session. */
export type Caller =
  | { readonly kind: 'local' }
  | { readonly kind: 'member'; readonly session: Session; readonly member: Member };

/** What commands work on. */
export interface Operations {
  readonly sessions: SessionDirectory;
  readonly options: ServerOptions;
  readonly code: string;
  readonly port: number;
}

/** Everything that a running command has at hand. */
export interface CommandRun {
  readonly operations: Operations;
  /** The session that it is about: the one named by the argument `session`, else the caller's, else the first. */
  readonly session: Session;
  readonly args: Arguments;
  readonly caller: Caller;
}

/** One row of the table of commands. */
export interface Command {
  /** Who may give it (A1); `local`: only from this machine, because it names files. */
  readonly right: 'viewer' | 'admin' | 'local';
  readonly help: string;
  run(run: CommandRun): Promise<unknown | Refusal> | unknown | Refusal;
}

/** All administrative commands, the same from the shell, the socket and the wire. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  ...USER_COMMANDS,
  ...INVITE_COMMANDS,
  ...SESSION_COMMANDS,
  ...HISTORY_COMMANDS,
};

/** Runs a command, or says why not. */
export async function runCommand(
  operations: Operations,
  name: string,
  args: Arguments,
  caller: Caller,
): Promise<unknown | Refusal> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return refusal('bad-request', `There is no command "${name.slice(0, 64)}".`);
  if (!mayRun(command, caller)) return refusal('not-allowed');
  try {
    const session = sessionOf(operations, args, caller);
    return isRefusal(session) ? session : await command.run({ operations, session, args, caller });
  } catch (error) {
    if (error instanceof BadArgument) return error.refused;
    throw error;
  }
}

function mayRun(command: Command, caller: Caller): boolean {
  if (caller.kind === 'local') return true;
  if (command.right === 'local') return false;
  return command.right === 'viewer' || caller.member.role === 'admin';
}

function sessionOf({ sessions }: Operations, args: Arguments, caller: Caller): Session | Refusal {
  const name = optionalText(args, 'session');
  const fallback = caller.kind === 'member' ? caller.session : sessions.all()[0];
  const session = name === undefined ? fallback : sessions.find(name);
  if (session === null || session === undefined) return refusal('no-such-session');
  const isForeign = caller.kind === 'member' && session !== caller.session && caller.member.role !== 'admin';
  return isForeign ? refusal('not-allowed') : session;
}
