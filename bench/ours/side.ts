import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineProcess } from '../line-process.ts';
import type { BenchServer, Place, Side } from '../side.ts';

const PROGRAM = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));

/** Sceneport's server and its SDK, with everything on: TLS, rights, a database on disk. */
export const ourSide: Side = { name: 'sceneport', start: startServer };

async function startServer(place: Place): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-bench-'));
  const server = new LineProcess('sceneport serve', [
    ...place.nearPrefix,
    process.execPath,
    PROGRAM,
    'serve',
    '--json',
    '--port',
    '0',
    '--parent-stdin',
    '--data',
    folder,
  ]);
  const ready = await server.answer();
  const invite = String(ready.invite).replace(
    /^sceneport:\/\/[^/]+/,
    `sceneport://${place.serverAddress}:${ready.port}`,
  );
  const clients: LineProcess[] = [];
  return {
    pid: server.child.pid!,
    async client(name) {
      const client = new LineProcess(`client ${name}`, [...place.farPrefix, process.execPath, CLIENT]);
      clients.push(client);
      await client.call({ do: 'connect', invite, name });
      return client;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.end()));
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
