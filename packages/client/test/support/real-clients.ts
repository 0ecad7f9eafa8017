import { type ConnectOptions, SessionClient } from '../../src/index.ts';

/** Joins a session of a real server. */
export function joinAt(target: string, options: Partial<ConnectOptions> = {}): Promise<SessionClient> {
  return SessionClient.connect({
    target,
    user: 'Ann',
    colour: [1, 0, 0],
    blender: null,
    client: { name: 'test', version: '1' },
    ...options,
  });
}
