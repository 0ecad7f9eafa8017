import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isRefusal } from '@sceneport/protocol';
import { textOf } from './command-arguments.ts';
import type { SessionCommand } from './commands.ts';
import { objectionToNew } from './new-path.ts';
import { summary } from './summary.ts';

/** Commands about one session as a whole. */
export const SESSION_COMMANDS: Readonly<Record<string, SessionCommand>> = {
  save: {
    right: 'admin',
    help: 'save: stores a checkpoint now.',
    async run({ session }) {
      await session.upkeep.save();
      return { seq: session.sequencer.durableSeq };
    },
  },
  digest: {
    right: 'viewer',
    help: 'digest: the digest of the session.',
    async run({ session }) {
      const { seq, hex } = await session.digests.current();
      return { seq, hex };
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
      const objection = objectionToNew(path);
      if (objection !== null) return objection;
      mkdirSync(dirname(path), { recursive: true });
      await operations.sessions.exportTo(session, path);
      return { file: path };
    },
  },
};
