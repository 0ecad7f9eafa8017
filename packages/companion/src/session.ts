import type { SessionClient } from '@sceneport/client';

/** What the companion needs of an open session: a part of the SDK's client, so that tests can bring their own. */
export type Session = Pick<
  SessionClient,
  | 'on'
  | 'store'
  | 'confirmed'
  | 'state'
  | 'me'
  | 'roster'
  | 'welcome'
  | 'pending'
  | 'view'
  | 'ids'
  | 'compose'
  | 'commit'
  | 'stored'
  | 'bytesOf'
  | 'fetchContent'
  | 'presence'
  | 'lock'
  | 'unlock'
  | 'digest'
  | 'command'
  | 'invites'
  | 'publish'
  | 'leave'
>;
