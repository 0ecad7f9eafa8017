import { COMMANDING, LISTENING, ON_FOLDER } from '../command-sets.ts';
import type { OptionRow } from '../row.ts';

const PROGRAM = 'Running the program';

/** How the program itself is run. */
export const PROGRAM_OPTIONS = {
  config: {
    kind: 'text',
    placeholder: 'FILE',
    default: null,
    commands: [...ON_FOLDER, 'health'],
    group: PROGRAM,
    help: 'A configuration file: one JSON object with the keys of this table. Without it: config.json of the data folder, where there is one.',
  },
  json: {
    kind: 'switch',
    default: false,
    commands: ON_FOLDER,
    group: PROGRAM,
    help: 'Prints for programs: a line of JSON when the server listens, answers to commands as JSON.',
  },
  parentStdin: {
    kind: 'switch',
    default: false,
    commands: LISTENING,
    group: PROGRAM,
    help: 'Ends the program when its standard input closes.',
  },
  server: {
    kind: 'text',
    placeholder: 'INVITE|HOST[:PORT]',
    default: null,
    commands: COMMANDING,
    group: PROGRAM,
    help: 'A server far away: an invite, or an address together with --code and an admin password.',
  },
  code: {
    kind: 'text',
    placeholder: 'CODE',
    default: null,
    commands: [...COMMANDING, 'doctor'],
    group: PROGRAM,
    help: 'The code that the server far away must have.',
  },
  stdio: {
    kind: 'switch',
    default: false,
    commands: ['connect'],
    group: PROGRAM,
    help: 'Talks with the add-on over standard input and output.',
  },
} as const satisfies Record<string, OptionRow>;
