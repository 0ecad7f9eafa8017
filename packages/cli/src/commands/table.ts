import type { CommandRow } from './command-row.ts';

/** The one command that the program answers itself. */
export const CURVE_KEY_COMMAND = 'curve-key';

/**
 * The commands for a running server, by the words that people type, the same in the shell and behind `sceneport admin`.
 * They are meant for one session: the one that `--session` or the shell's `session` names.
 */
export const SERVER_COMMANDS: Readonly<Record<string, CommandRow>> = {
  users: { name: 'users', parameters: [], help: 'Shows who is there.' },
  kick: {
    name: 'kick',
    parameters: [{ name: 'user', kind: 'user', rest: true }],
    help: 'Ends the connection of a user. Everywhere a user is a name or a number.',
  },
  ban: {
    name: 'ban',
    parameters: [{ name: 'user', kind: 'user', rest: true }],
    help: 'Kicks a user and keeps them out.',
  },
  unban: {
    name: 'unban',
    parameters: [{ name: 'ban', kind: 'text', rest: true }],
    help: 'Lets a banned user in again, by name or by the id in the list of bans.',
  },
  bans: { name: 'bans', parameters: [], help: 'Shows who is banned.' },
  role: {
    name: 'role',
    parameters: [
      { name: 'user', kind: 'user' },
      { name: 'role', kind: 'role' },
    ],
    help: 'Makes a user viewer, editor or admin.',
  },
  lock: {
    name: 'lock',
    parameters: [
      { name: 'user', kind: 'user' },
      { name: 'ids', kind: 'list' },
    ],
    help: 'Gives datablocks to a user, by their ids.',
  },
  unlock: {
    name: 'unlock',
    parameters: [{ name: 'ids', kind: 'list' }],
    help: 'Releases datablocks, whoever holds them.',
  },
  invite: {
    name: 'invite',
    parameters: [
      { name: 'role', kind: 'role', optional: true },
      { name: 'validMs', kind: 'duration', placeholder: 'FOR', optional: true },
      { name: 'maxUses', kind: 'text', placeholder: 'USES', optional: true },
    ],
    help: 'Makes an invite to send: as editor, for ever and any number of uses where nothing else is said. invite viewer 2d 5 is for a viewer, for two days (m, h, d, w) and five uses.',
  },
  invites: { name: 'invites', parameters: [], help: 'Shows the invites that are valid.' },
  revoke: {
    name: 'revoke',
    parameters: [{ name: 'id', kind: 'text' }],
    help: 'Takes an invite back, by its id in the list.',
  },
  digest: {
    name: 'digest',
    parameters: [],
    help: 'Shows the digest of the session, to compare with that of a client.',
  },
  history: {
    name: 'history',
    parameters: [{ name: 'before', kind: 'text', optional: true }],
    help: 'Shows what was done, newest first; further back with the number of an event.',
  },
  compare: {
    name: 'compare',
    parameters: [
      { name: 'from', kind: 'text' },
      { name: 'to', kind: 'text' },
    ],
    help: 'Shows what differs between the states at two events.',
  },
  restore: {
    name: 'restore',
    parameters: [{ name: 'seq', kind: 'text' }],
    question: 'This changes the scene of everybody in the session; restore takes it back too. Go on?',
    help: 'Makes the state at an event the present one. Everything since stays in the history.',
  },
  'curve-key': {
    name: CURVE_KEY_COMMAND,
    parameters: [],
    help: 'Shows the key that scripts need to encrypt with CurveZMQ on the ports of --multi-user.',
  },
  tidy: {
    name: 'tidy',
    parameters: [],
    help: 'Removes now what is older than --history-days and what nothing uses; the server does it every 5 minutes.',
  },
  save: { name: 'save', parameters: [], help: 'Writes a checkpoint now. Changes are on disk anyway.' },
  backup: {
    name: 'backup',
    parameters: [{ name: 'folder', kind: 'file' }],
    help: 'Copies the data folder into a new folder while the server runs.',
  },
};

/** The commands for the sessions of a server, typed after the word `sessions`. */
export const SESSION_COMMANDS: Readonly<Record<string, CommandRow>> = {
  list: { name: 'sessions', parameters: [], help: 'Shows the sessions.' },
  create: {
    name: 'create-session',
    parameters: [{ name: 'name', kind: 'text', rest: true }],
    help: 'Makes an empty session.',
  },
  rename: {
    name: 'rename-session',
    parameters: [
      { name: 'session', kind: 'session' },
      { name: 'name', kind: 'text', rest: true },
    ],
    help: 'Gives a session another name.',
  },
  delete: {
    name: 'delete-session',
    parameters: [{ name: 'session', kind: 'session' }],
    help: 'Deletes a session and all that is in it.',
  },
  export: {
    name: 'export-session',
    parameters: [
      { name: 'session', kind: 'session' },
      { name: 'file', kind: 'file' },
    ],
    help: 'Writes a session into one new file.',
  },
  import: {
    name: 'import-session',
    parameters: [
      { name: 'name', kind: 'text' },
      { name: 'file', kind: 'file' },
    ],
    help: 'Makes a session from such a file.',
  },
};

/** Whether a command, by its name on the server, is about the server as a whole and not about one session. */
export function isAboutServer(name: string): boolean {
  return name === 'backup' || Object.values(SESSION_COMMANDS).some((row) => row.name === name);
}
