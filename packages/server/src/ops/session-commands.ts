import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRefusal, refusal } from '@sceneport/protocol';
import { copyIdentity } from '../gateway/earlier-keys.ts';
import type { Session } from '../session/session.ts';
import { textOf } from './command-arguments.ts';
import type { Command } from './commands.ts';

/** Commands about sessions. */
export const SESSION_COMMANDS: Readonly<Record<string, Command>> = {
  save: {
    right: 'admin',
    help: 'save: stores a checkpoint now.',
    async run({ session }) {
      await session.upkeep.save();
      return { seq: session.sequencer.durableSeq };
    },
  },
  sessions: {
    right: 'admin',
    help: 'sessions: all sessions of this server.',
    run: ({ operations }) => operations.sessions.all().map(summary),
  },
  digest: {
    right: 'viewer',
    help: 'digest: the digest of the session.',
    async run({ session }) {
      const { seq, hex } = await session.digests.current();
      return { seq, hex };
    },
  },
  'create-session': {
    right: 'admin',
    help: 'create-session NAME: makes an empty session.',
    async run({ operations, args }) {
      const session = await operations.sessions.create(textOf(args, 'name'));
      return isRefusal(session) ? session : summary(session);
    },
  },
  'rename-session': {
    right: 'admin',
    help: 'rename-session NAME: gives the session another name.',
    async run({ operations, session, args }) {
      const renamed = await operations.sessions.rename(session, textOf(args, 'name'));
      return isRefusal(renamed) ? renamed : summary(renamed);
    },
  },
  'delete-session': {
    right: 'admin',
    help: 'delete-session SESSION: ends a session and removes all of it.',
    async run({ operations, session, args }) {
      textOf(args, 'session');
      await operations.sessions.remove(session);
      return { deleted: session.name };
    },
  },
  'export-session': {
    right: 'local',
    help: 'export-session FILE: writes the session into one new file.',
    async run({ operations, session, args }) {
      const path = resolve(textOf(args, 'file'));
      if (existsSync(path)) return refusal('bad-file', 'The file exists already.');
      await operations.sessions.exportTo(session, path);
      return { file: path };
    },
  },
  'import-session': {
    right: 'local',
    help: 'import-session FILE NAME: takes in an exported session.',
    async run({ operations, args }) {
      const path = resolve(textOf(args, 'file'));
      if (!existsSync(path)) return refusal('bad-file', 'There is no such file.');
      const session = await operations.sessions.importFrom(path, textOf(args, 'name'));
      return isRefusal(session) ? session : summary(session);
    },
  },
  backup: {
    right: 'local',
    help: 'backup FOLDER: copies the data folder while the server runs.',
    async run({ operations, args }) {
      const folder = resolve(textOf(args, 'folder'));
      if (existsSync(folder)) return refusal('bad-file', 'The folder exists already.');
      mkdirSync(join(folder, 'sessions'), { recursive: true });
      copyIdentity(operations.options.dataFolder, folder);
      const sessions = operations.sessions.all();
      for (const [index, session] of sessions.entries()) {
        await operations.sessions.exportTo(session, join(folder, 'sessions', `${index + 1}.db`));
      }
      return { folder, sessions: sessions.length };
    },
  },
};

function summary(session: Session): Record<string, unknown> {
  const { settings, sequencer, members } = session;
  return {
    name: settings.name,
    seq: sequencer.durableSeq,
    datablocks: sequencer.state.datablocks.size,
    users: members.connected().length,
    blender: settings.blender,
    createdMs: settings.createdMs,
    readOnly: sequencer.readOnly !== null,
  };
}
