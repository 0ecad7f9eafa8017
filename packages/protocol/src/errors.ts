/** A coded refusal as a value: what happened in words, and details for programs (A5). */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One row of the table: what the code means, and what the user can do about it. */
interface ErrorRow {
  readonly meaning: string;
  readonly remedy: string;
}

/** Every code with which anything is refused, shared by server, SDK, companion and add-on (A5). */
export const ERRORS = {
  'bad-frame': {
    meaning: 'A frame broke a rule of the protocol.',
    remedy: 'Update the program that sent it; if it is the newest, report it.',
  },
  'bad-message': {
    meaning: 'A message between add-on and companion broke a rule.',
    remedy: 'Reinstall the add-on.',
  },
  'companion-version': {
    meaning: 'Add-on and companion are of different versions.',
    remedy: 'Reinstall the add-on.',
  },
  'companion-stopped': {
    meaning: 'The companion process beside Blender ended.',
    remedy: 'Join again; what was handed over is kept and sent then.',
  },
  'no-node': {
    meaning: 'Node.js 22.13 or newer was not found.',
    remedy:
      'Install the zip of the add-on that has one for your system, or Node.js 22.13 or newer, or set its path in the preferences of the add-on.',
  },
  'offline-mode': {
    meaning: 'Blender is set to work offline.',
    remedy: 'Switch on Preferences > System > Network > Allow Online Access.',
  },
  version: {
    meaning: 'Server and client have no protocol version in common.',
    remedy: 'Update the older of the two.',
  },
  'bad-invite': { meaning: 'The invite is not complete.', remedy: 'Copy the whole link and try again.' },
  unreachable: {
    meaning: 'No server answers at this address.',
    remedy: 'Check the address and that the host is running.',
  },
  'wrong-server': {
    meaning: 'The server at this address is not the one that the invite names.',
    remedy: 'Ask the host for a new invite. Do not go on if you did not expect a change.',
  },
  'unknown-server': {
    meaning: 'The server has not been seen before and nobody confirmed its code.',
    remedy: 'Compare the code with the host, then join with it.',
  },
  'wrong-login': {
    meaning: 'The session name or the password is not right.',
    remedy: 'Check both, or ask the host for an invite.',
  },
  'bad-token': {
    meaning: 'The invite is not valid any more.',
    remedy: 'Ask the host for a new invite.',
  },
  'login-slow-down': {
    meaning: 'Too many wrong attempts.',
    remedy: 'Wait a moment and try again.',
  },
  'other-clients': {
    meaning: 'This session is for users of the Multi-User add-on.',
    remedy: 'Join another session of this server, or join this one with the Multi-User add-on.',
  },
  'login-timeout': { meaning: 'The login took too long.', remedy: 'Try again.' },
  banned: { meaning: 'The host has banned you from this session.', remedy: 'Ask the host.' },
  'server-full': { meaning: 'The server takes no more users.', remedy: 'Try again later.' },
  kicked: { meaning: 'You were removed from the session.', remedy: 'Ask the host before you join again.' },
  replaced: {
    meaning: 'The same user connected from somewhere else.',
    remedy: 'Go on there, or join again here.',
  },
  'shutting-down': {
    meaning: 'The server is stopping.',
    remedy: 'Everything is stored; join again when it is back.',
  },
  'session-ended': { meaning: 'The session was ended by its host.', remedy: 'Ask the host.' },
  'timed-out': {
    meaning: 'Nothing was heard for too long.',
    remedy: 'Check the network; the client reconnects.',
  },
  'too-slow': {
    meaning: 'The connection could not keep up for 30 seconds.',
    remedy: 'Check the network; the client reconnects and catches up.',
  },
  'too-large': { meaning: 'Something is larger than this server takes.', remedy: 'Make it smaller.' },
  'slow-down': { meaning: 'Too much at once.', remedy: 'The client waits and sends it again.' },
  'not-allowed': { meaning: 'Your role does not allow this.', remedy: 'Ask an admin of the session.' },
  'not-owner': { meaning: 'Another user has locked this.', remedy: 'Ask them to unlock it.' },
  gone: { meaning: 'What was to be changed does not exist any more.', remedy: 'Nothing: others removed it.' },
  exists: { meaning: 'A datablock with this id exists already.', remedy: 'Nothing: the newer one is kept.' },
  'stale-array': {
    meaning: 'The shape of this data was changed by another user in the meantime.',
    remedy: 'The client keeps your version as a copy beside it.',
  },
  conflict: {
    meaning: 'Others changed the same things while you were away.',
    remedy: 'Choose which version to keep.',
  },
  'missing-chunks': {
    meaning: 'Data named by a change has not arrived.',
    remedy: 'The client sends it again.',
  },
  'too-old': {
    meaning: 'It is older than what is kept.',
    remedy: 'For a change: join again. For the history: choose a later point of it.',
  },
  'read-only': {
    meaning: 'The server cannot write to its disk, so nothing can be changed now.',
    remedy: 'The host must make room on the disk; it goes on by itself then.',
  },
  'quota-exceeded': {
    meaning: 'You have uploaded too much that nothing uses.',
    remedy: 'Wait and try again.',
  },
  'already-initialised': {
    meaning: 'The session has a scene already.',
    remedy: 'Join it without publishing yours.',
  },
  'publishing-elsewhere': {
    meaning: 'Another user is publishing a scene right now.',
    remedy: 'Wait for it, then join.',
  },
  'no-such-user': { meaning: 'There is no such user.', remedy: 'Look at the list of users.' },
  'no-such-session': { meaning: 'There is no such session.', remedy: 'Look at the list of sessions.' },
  'session-exists': { meaning: 'A session of this name exists.', remedy: 'Choose another name.' },
  'bad-option': { meaning: 'An option is unknown or has an impossible value.', remedy: 'See --help.' },
  'data-folder-busy': {
    meaning: 'Another server uses this data folder.',
    remedy: 'Stop it, or choose another folder.',
  },
  'port-taken': { meaning: 'Another program listens on this port.', remedy: 'Choose another port.' },
  'bad-array': { meaning: 'An array does not fit together.', remedy: 'Nothing: it was not applied.' },
  'bad-value': {
    meaning: 'Blender cannot take this value here.',
    remedy: 'Nothing: your Blender shows what it could, the session keeps the value.',
  },
  unsupported: {
    meaning: 'This Blender does not know this kind of data.',
    remedy: 'Use the Blender version that the session was started with to see it; nothing is lost.',
  },
  interrupted: {
    meaning: 'You did something before an order of others was carried out to its end.',
    remedy: 'Nothing: what is left is ordered again.',
  },
  busy: {
    meaning: 'The data is being edited and cannot be replaced now.',
    remedy: 'Leave edit mode; it is applied then.',
  },
  'not-online': { meaning: 'There is no open session.', remedy: 'Join or host first.' },
  'bad-request': { meaning: 'The request is not complete.', remedy: 'Check what was asked for.' },
  'bad-file': { meaning: 'The file is not what it should be.', remedy: 'Choose another file.' },
  internal: { meaning: 'Something went wrong inside the program.', remedy: 'Report it with the log file.' },
} as const satisfies Record<string, ErrorRow>;

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** A refusal with the table's words, or with `message` where more is known. */
export function refusal(
  code: ErrorCode,
  message: string = ERRORS[code].meaning,
  details?: Readonly<Record<string, unknown>>,
): Refusal {
  return details === undefined ? { code, message } : { code, message, details };
}

/** True when `value` is a refusal of {@link ERRORS}. */
export function isRefusal(value: unknown): value is Refusal {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    Object.hasOwn(ERRORS, value.code) &&
    'message' in value
  );
}

/** A refusal as an exception, for calls whose only failure it is (connecting, reading a file). */
export class SceneportError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(refused: Refusal) {
    super(refused.message);
    this.name = 'SceneportError';
    this.code = refused.code;
    this.details = refused.details ?? {};
  }
}
