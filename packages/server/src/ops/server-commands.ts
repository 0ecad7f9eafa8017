import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRefusal, refusal } from '@sceneport/protocol';
import { copyIdentity } from '../gateway/earlier-keys.ts';
import { textOf } from './command-arguments.ts';
import type { ServerCommand } from './commands.ts';
import { objectionToNew } from './new-path.ts';
import { summary } from './summary.ts';

/** Commands about the server, which may have no session yet. */
export const SERVER_COMMANDS: Readonly<Record<string, ServerCommand>> = {
  sessions: {
    right: 'admin',
    help: 'sessions: all sessions of this server.',
    run: ({ operations }) => Promise.all(operations.sessions.all().map(summary)),
  },
  'create-session': {
    right: 'admin',
    help: 'create-session NAME: makes an empty session.',
    async run({ operations, args }) {
      const session = await operations.sessions.create(textOf(args, 'name'));
      return isRefusal(session) ? session : summary(session);
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
      const objection = objectionToNew(folder);
      if (objection !== null) return objection;
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
