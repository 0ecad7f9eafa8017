import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { promisify } from 'node:util';
import { gatewayOfLinux, gatewayOfMac, gatewayOfWindows } from './route-tables.ts';

const run = promisify(execFile);
const COMMAND_TIMEOUT_MS = 3000;

/** The IPv4 address of the router by which this machine reaches the internet; null where it has none or none is found out. */
export async function defaultGateway(platform: NodeJS.Platform = process.platform): Promise<string | null> {
  switch (platform) {
    case 'linux':
      return gatewayOfLinux(await textOf('/proc/net/route'), endianness() === 'LE');
    case 'darwin':
      return gatewayOfMac(await outputOf('/sbin/route', ['-n', 'get', 'default']));
    case 'win32':
      return gatewayOfWindows(await outputOf('route', ['print', '-4', '0.0.0.0']));
    default:
      return null;
  }
}

/** Without a table there is no gateway: some containers hide it. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

/** The command fails where there is no default route. */
async function outputOf(command: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(command, args, { timeout: COMMAND_TIMEOUT_MS, windowsHide: true });
    return stdout;
  } catch {
    return '';
  }
}
