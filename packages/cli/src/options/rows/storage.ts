import { COMMANDING, ON_FOLDER, SERVE } from '../command-sets.ts';
import type { OptionRow } from '../row.ts';

const STORAGE = 'Sessions and storage';

/** What the server serves, and where that lies. */
export const STORAGE_OPTIONS = {
  data: {
    kind: 'text',
    placeholder: 'FOLDER',
    default: null,
    commands: ON_FOLDER,
    group: STORAGE,
    help: 'The folder that holds the key of the server and its sessions. Without it: where the platform keeps data of programs.',
  },
  session: {
    kind: 'list',
    placeholder: 'NAME',
    default: ['main'],
    commands: [...SERVE, ...COMMANDING],
    group: STORAGE,
    help: 'A session to serve, made where it does not exist. For admin: the session that the command is for; where none is named and there is no main, the first that the server was started with.',
  },
  historyDays: {
    kind: 'integer',
    minimum: 0,
    maximum: 36_500,
    unit: 'days',
    default: 30,
    commands: SERVE,
    group: STORAGE,
    help: 'How long what was done in a session can be looked at and restored. What is older is removed from the disk.',
  },
} as const satisfies Record<string, OptionRow>;
