import { isRefusal, type Refusal, refusal, SceneportError } from '@sceneport/protocol';
import type { ServerOptions } from '../options.ts';
import type { Member } from '../session/member.ts';
import type { Session } from '../session/session.ts';
import type { SessionDirectory } from '../session/session-directory.ts';
import { type Arguments, BadArgument, optionalText } from './command-arguments.ts';
import { HISTORY_COMMANDS } from './history-commands.ts';
import { INVITE_COMMANDS } from './invite-commands.ts';
import { SERVER_COMMANDS } from './server-commands.ts';
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
export interface ServerRun {
  readonly operations: Operations;
  readonly args: Arguments;
  readonly caller: Caller;
}

/** The same for a command about a session. */
export interface CommandRun extends ServerRun {
  /** The one named by the argument `session`, else the caller's, else the first. */
  readonly session: Session;
}

/** One row of a table of commands. */
interface Command<Run> {
  /** Who may give it (A1); `local`: only from this machine, because it names files. */
  readonly right: 'viewer' | 'admin' | 'local';
  readonly help: string;
  run(run: Run): Promise<unknown | Refusal> | unknown | Refusal;
}

/** A command about the server. */
export type ServerCommand = Command<ServerRun>;
/** A command about a session. */
export type SessionCommand = Command<CommandRun>;

const ABOUT_SESSION: Readonly<Record<string, SessionCommand>> = {
  ...USER_COMMANDS,
  ...INVITE_COMMANDS,
  ...SESSION_COMMANDS,
  ...HISTORY_COMMANDS,
};

/** All administrative commands, the same from the shell, the socket and the wire: who may give them, and their help. */
export const COMMANDS: Readonly<Record<string, Pick<ServerCommand, 'right' | 'help'>>> = {
  ...SERVER_COMMANDS,
  ...ABOUT_SESSION,
};

/** Runs a command, or says why not. */
export async function runCommand(
  operations: Operations,
  name: string,
  args: Arguments,
  caller: Caller,
): Promise<unknown | Refusal> {
  if (!Object.hasOwn(COMMANDS, name)) {
    return refusal('bad-request', `There is no command "${name.slice(0, 64)}".`);
  }
  if (!mayRun(COMMANDS[name]!, caller)) return refusal('not-allowed');
  const run = { operations, args, caller };
  try {
    if (Object.hasOwn(SERVER_COMMANDS, name)) return await SERVER_COMMANDS[name]!.run(run);
    const session = sessionOf(operations, args, caller);
    return isRefusal(session) ? session : await ABOUT_SESSION[name]!.run({ ...run, session });
  } catch (error) {
    if (error instanceof BadArgument) return error.refused;
    if (error instanceof SceneportError) return refusal(error.code, error.message, error.details);
    throw error;
  }
}

function mayRun({ right }: Pick<ServerCommand, 'right'>, caller: Caller): boolean {
  if (caller.kind === 'local') return true;
  if (right === 'local') return false;
  return right === 'viewer' || caller.member.role === 'admin';
}

function sessionOf({ sessions }: Operations, args: Arguments, caller: Caller): Session | Refusal {
  const name = optionalText(args, 'session');
  const fallback = caller.kind === 'member' ? caller.session : sessions.all()[0];
  const session = name === undefined ? fallback : sessions.find(name);
  if (session === null || session === undefined) return refusal('no-such-session');
  const isForeign = caller.kind === 'member' && session !== caller.session && caller.member.role !== 'admin';
  return isForeign ? refusal('not-allowed') : session;
}
