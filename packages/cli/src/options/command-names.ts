/** The commands of the program, in the order in which help shows them. */
export const COMMANDS = {
  serve: {
    usage: 'sceneport serve [options]',
    help: 'Starts a server. On a terminal it takes commands; help lists them.',
  },
  relay: {
    usage: 'sceneport relay [options]',
    help: 'Starts a relay: a place on the internet by which servers behind routers are reached.',
  },
  admin: {
    usage: 'sceneport admin [options] COMMAND [ARGUMENT …]',
    help: 'Gives a command to a running server: the one of this data folder, or one far away with --server.',
  },
  invite: {
    usage: 'sceneport invite [options] [ROLE [FOR [USES]]] | list | revoke ID',
    help: 'Makes, lists and takes back invites of a running server. invite viewer 2d 5: a viewer, for two days, five uses.',
  },
  sessions: {
    usage: 'sceneport sessions list | create | rename | delete | export | import [ARGUMENT …]',
    help: 'Manages the sessions of a data folder, whether or not its server runs.',
  },
  'import-multi-user': {
    usage: 'sceneport import-multi-user [options] FILE',
    help: 'Takes a session that the Multi-User add-on has saved (.db) into the session for its users. The server must not run.',
  },
  identity: {
    usage: 'sceneport identity show | rotate | export FILE | import FILE',
    help: 'Shows, replaces, saves or restores the key by which invites know the server.',
  },
  doctor: {
    usage: 'sceneport doctor [options] [INVITE|HOST[:PORT]|-]',
    help: 'Tests every way to a server, step by step, and says what to do; without a target it looks at this machine as a server. - reads the target from the standard input: everyone on a machine can read command lines.',
  },
  health: {
    usage: 'sceneport health [options]',
    help: 'Asks the server on this machine whether it is well; the exit status says it too.',
  },
  connect: {
    usage: 'sceneport connect --stdio',
    help: 'The companion of one Blender; the add-on starts it.',
  },
} as const satisfies Record<string, { usage: string; help: string }>;

/** The name of a command of the program. */
export type CommandName = keyof typeof COMMANDS;

/** Whether `text` names a command of the program. */
export function isCommandName(text: string): text is CommandName {
  return Object.hasOwn(COMMANDS, text);
}
