/** Options of a server. */
export const SERVE = ['serve'] as const;
/** Options of whatever commands a running server. */
export const COMMANDING = ['admin', 'invite'] as const;
/** Options of whatever looks at a running server. */
export const LOOKING = ['health', 'doctor'] as const;
/** Options of a relay. */
export const RELAY = ['relay'] as const;
/** Options of whatever listens and goes on until it is told to stop. */
export const LISTENING = ['serve', 'relay'] as const;
/** Options of whatever works on a data folder. */
export const ON_FOLDER = [
  'serve',
  'relay',
  'admin',
  'invite',
  'doctor',
  'sessions',
  'import-multi-user',
  'identity',
] as const;
