import type { CommandRow } from './command-row.ts';

/**
 * The commands for a running server, by the words that people type, the same in the shell and behind `sceneport admin`.
 * They are meant for one session: the one that `--session` or the shell's `session` names.
 */
export const SERVER_COMMANDS: Readonly<Record<string, CommandRow>> = {
  users: { name: 'users', parameters: [], help: 'Shows who is there.' },
  kick: {
    name: 'kick',
    parameters: [{ name: 'user', kind: 'user', rest: true }],
    help: 'Ends the connection of a user. NAME may also be the number of the user.',
  },
  ban: {
    name: 'ban',
    parameters: [{ name: 'user', kind: 'user', rest: true }],
    help: 'Kicks a user and keeps them out.',
  },
  unban: {
    name: 'unban',
    parameters: [{ name: 'user', kind: 'text', rest: true }],
    help: 'Lets a banned user in again.',
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
  lock: { name: 'lock', parameters: [], help: 'Keeps newcomers out; who is there stays.' },
  unlock: { name: 'unlock', parameters: [], help: 'Lets newcomers in again.' },
  invite: {
    name: 'invite',
    parameters: [{ name: 'role', kind: 'role', optional: true }],
    help: 'Makes an invite to send; editor where no role is given.',
  },
  invites: { name: 'invites', parameters: [], help: 'Shows the invites that are valid.' },
  revoke: {
    name: 'revoke',
    parameters: [{ name: 'invite', kind: 'text' }],
    help: 'Makes an invite invalid, by its number in the list.',
  },
  save: { name: 'save', parameters: [], help: 'Writes a checkpoint now. Changes are on disk anyway.' },
};

/** The commands for the sessions of a server, typed after the word `sessions`. */
export const SESSION_COMMANDS: Readonly<Record<string, CommandRow>> = {
  list: { name: 'sessions', parameters: [], help: 'Shows the sessions.' },
  create: {
    name: 'create-session',
    parameters: [{ name: 'session', kind: 'text', rest: true }],
    help: 'Makes an empty session.',
  },
  rename: {
    name: 'rename-session',
    parameters: [
      { name: 'session', kind: 'session' },
      { name: 'to', kind: 'text', rest: true },
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
    help: 'Writes a session to one file.',
  },
  import: {
    name: 'import-session',
    parameters: [
      { name: 'session', kind: 'text' },
      { name: 'file', kind: 'file' },
    ],
    help: 'Makes a session from such a file.',
  },
};
