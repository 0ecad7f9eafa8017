import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Refusal, refusal } from '@sceneport/protocol';

/** What the place of the data folder depends on. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  readonly home: string;
}

/** Where a server or a relay keeps its data when nothing else is said: where the platform keeps what programs store for a user. */
export function defaultDataFolder(
  whose: 'server' | 'relay',
  { platform, environment, home }: Surroundings,
): string {
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'Sceneport', whose);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Sceneport', whose);
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'sceneport', whose);
}

/** Whether a server has ever started with this data folder. */
export function isDataFolder(dataFolder: string): boolean {
  return existsSync(join(dataFolder, 'identity.pem'));
}

/** The refusal to work on a data folder that is none. */
export function noDataFolder(dataFolder: string): Refusal {
  return refusal('bad-option', `There is no data folder at ${dataFolder}. Choose it with --data.`);
}

/** Lies in a data folder from its making until a start has told the invite and the password. */
const UNTOLD = 'not-told';

/** Whether no server of this data folder, which is made where there is none, has told its first invite yet. */
export function beginFirstStart(dataFolder: string): boolean {
  const mark = join(dataFolder, UNTOLD);
  if (isDataFolder(dataFolder)) return existsSync(mark);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  writeFileSync(mark, '');
  return true;
}

/** Notes that the first invite was told. */
export function endFirstStart(dataFolder: string): void {
  rmSync(join(dataFolder, UNTOLD), { force: true });
}
