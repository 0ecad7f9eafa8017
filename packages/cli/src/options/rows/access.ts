import { COMMANDING, SERVE } from '../command-sets.ts';
import type { OptionRow } from '../row.ts';

const ACCESS = 'Who may enter';

/** Who may enter. */
export const ACCESS_OPTIONS = {
  sessionPasswordFile: {
    kind: 'text',
    placeholder: 'FILE',
    default: null,
    commands: SERVE,
    group: ACCESS,
    help: 'A file whose first line is the password of the sessions.',
  },
  sessionPassword: {
    kind: 'text',
    placeholder: 'PASSWORD',
    secret: true,
    default: null,
    commands: SERVE,
    group: ACCESS,
    help: 'The password of the sessions. Without one only invites and the admin password open them.',
  },
  adminPasswordFile: {
    kind: 'text',
    placeholder: 'FILE',
    default: null,
    commands: [...SERVE, ...COMMANDING],
    group: ACCESS,
    help: 'A file whose first line is the password of admins.',
  },
  adminPassword: {
    kind: 'text',
    placeholder: 'PASSWORD',
    secret: true,
    default: null,
    commands: [...SERVE, ...COMMANDING],
    group: ACCESS,
    bareVariable: 'password',
    help: 'The password of admins. Without one the server makes one, shows it once and keeps it in the data folder.',
  },
  open: {
    kind: 'switch',
    default: false,
    commands: SERVE,
    group: ACCESS,
    help: 'Lets everyone in who reaches the port.',
  },
  openRole: {
    kind: 'choice',
    choices: ['viewer', 'editor', 'admin'],
    default: 'editor',
    commands: SERVE,
    group: ACCESS,
    help: 'The role of those whom --open lets in.',
  },
} as const satisfies Record<string, OptionRow>;
