import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineProcess } from '../line-process.ts';
import type { BenchServer, Place, Side } from '../side.ts';

const CLIENT = fileURLToPath(new URL('client.py', import.meta.url));

/** The old server and its real client classes, in the Python of a virtual environment that holds `replication`. */
export function oldSide(python: string): Side {
  return { name: 'old', start: (place) => startOldServer(python, place) };
}

async function startOldServer(python: string, place: Place): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'old-server-'));
  const port = await freePort();
  const command = [
    ...[...place.nearPrefix, python, '-m', 'replication.server', '-p', String(port), '-t', '600000'],
    ...['-apwd', 'admin', '-l', 'ERROR', '-lf', join(folder, 'server.log')],
  ];
  const server = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'ignore', 'ignore'] });
  const clients: LineProcess[] = [];
  if (place.nearPrefix.length === 0) await listening(port);
  else await new Promise((resolve) => setTimeout(resolve, 3000));
  return {
    pid: server.pid!,
    port,
    async client(name, options = {}) {
      const client = await connectOldClient(python, place, port, name, options.isFirst === true);
      clients.push(client);
      return client;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.end()));
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a real client of the old kind and lets it connect to whatever serves those; an admin's password is `admin`. */
export async function connectOldClient(
  python: string,
  place: Place,
  port: number,
  name: string,
  asAdmin: boolean,
): Promise<LineProcess> {
  const client = new LineProcess(`old client ${name}`, [...place.farPrefix, python, CLIENT]);
  await client.call({ do: 'connect', address: place.serverAddress, port, name, admin: asAdmin });
  return client;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Resolves when something accepts connections on the port. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    } finally {
      socket.destroy();
    }
  }
}
