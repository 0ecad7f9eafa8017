import { randomBytes } from 'node:crypto';
import { hasCommand, runCommand } from './commands.ts';

/** The commands that the lab cannot do without. */
const COMMANDS = ['ip', 'ss', 'nft', 'sysctl'];

/** Why there can be no network lab on this machine, in words; null where there can. */
export function labProblem(more: readonly string[] = []): string | null {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  const missing = [...COMMANDS, ...more].filter((command) => !hasCommand(command));
  if (missing.length > 0) return `missing commands: ${missing.join(', ')}`;
  const name = `sceneport-try-${randomBytes(4).toString('hex')}`;
  try {
    runCommand('ip', ['netns', 'add', name]);
    runCommand('ip', ['netns', 'exec', name, 'nft', 'add', 'table', 'ip', 'nat']);
    return null;
  } catch (error) {
    return `network namespaces are not allowed here: ${(error as Error).message}`;
  } finally {
    removeNamespace(name);
  }
}

/** Removes a namespace with all that is in it; one that is not there is left alone. Throws where it stays. */
export function removeNamespace(name: string): void {
  if (runCommand('ip', ['netns', 'list']).includes(name)) runCommand('ip', ['netns', 'del', name]);
}
