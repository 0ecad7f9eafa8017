import { join } from 'node:path';

/** What the place of the data folder depends on. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  readonly home: string;
}

/** Where a server keeps its data when nothing else is said: where the platform keeps what programs store for a user. */
export function defaultDataFolder({ platform, environment, home }: Surroundings): string {
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Sceneport', 'server');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Sceneport', 'server');
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'sceneport', 'server');
}
