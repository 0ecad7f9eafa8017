import { spawn } from 'node:child_process';
import { JsonLines } from './json-lines.ts';
import { endProcess, keepErrorOutput } from './process-end.ts';
import { node, program } from './program.ts';
import { type Cleanup, temporaryFolder } from './temporary-folder.ts';

/** Starts a real `sceneport relay` that ends with the test; answers its port on this machine. */
export const startRelay = async (t: Cleanup): Promise<number> => {
  const args = [
    program,
    'relay',
    '--json',
    '--bind',
    '127.0.0.1',
    '--port',
    '0',
    '--data',
    temporaryFolder(t),
  ];
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => endProcess(child, 'SIGKILL'));
  const { port } = await new JsonLines(child.stdout, keepErrorOutput(child)).next<{ port: number }>();
  return port;
};
