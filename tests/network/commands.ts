import { execFileSync } from 'node:child_process';

/** Runs a command to its end and gives what it printed. Throws, with what it said, when it fails. */
export function runCommand(command: string, args: readonly string[], input = ''): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`${command} ${args.join(' ')}: ${stderr?.trim() || String(error)}`);
  }
}

/** Whether a command can be run at all. */
export function hasCommand(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
