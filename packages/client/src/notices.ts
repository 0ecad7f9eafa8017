import { readableCode } from '@sceneport/protocol';
import type { Notice } from './client-events.ts';

/** The session is another than this client knew (H6). */
export const RESTORED: Notice = {
  level: 'warning',
  code: 'restored',
  message:
    'The session is not as you knew it: its server went back to an earlier state. You see it as it is there now.',
};

/** The server has another key than the one that was known, which has signed it (T2). */
export function movedNotice(code: string): Notice {
  const message = `The server has a new key, signed with the one you knew: its code is ${readableCode(code)} from now on.`;
  return { level: 'info', code: 'moved', message };
}
