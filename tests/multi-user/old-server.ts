import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Cleanup, temporaryFolder } from '../harness/temporary-folder.ts';
import { pythonWith, type Release } from './old-client.ts';

/** Starts the server as its program does; the name that the library uses is gone from later Pythons. */
const PROGRAM = `
import collections, collections.abc
collections.MutableMapping = collections.abc.MutableMapping
from replication.server import cli
cli()`;

/** The server of a release of `replication` with the admin password `admin`, on a free port, which comes back. */
export async function startOldServer(t: Cleanup, { version }: Release): Promise<number> {
  const port = randomInt(20_000, 32_000);
  const password = version.startsWith('0.9') ? '-apwd' : '-pwd';
  const log = join(temporaryFolder(t), 'server.log');
  const args = [
    '-c',
    PROGRAM,
    '-p',
    String(port),
    '-t',
    '5000',
    password,
    'admin',
    '-l',
    'ERROR',
    '-lf',
    log,
  ];
  const server = spawn(pythonWith(version), args, { stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(server, 'exit');
  t.after(async () => {
    server.kill('SIGKILL');
    await ended;
  });
  while (!(await accepts(port)));
  return port;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const outcome = await Promise.race([once(socket, 'connect'), once(socket, 'error')]).catch(() => null);
  socket.destroy();
  return outcome !== null && outcome.length === 0;
}
