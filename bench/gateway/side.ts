import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineProcess } from '../line-process.ts';
import { connectOldClient } from '../old/side.ts';
import { PROGRAM } from '../ours/side.ts';
import type { BenchServer, Place, Side } from '../side.ts';

/** Sceneport's server with the same real clients that the old server has: `serve --multi-user`. */
export function gatewaySide(python: string): Side {
  return { name: 'sceneport', start: (place) => startGateway(python, place) };
}

async function startGateway(python: string, place: Place): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-bench-'));
  const options = [
    '--json',
    '--multi-user',
    '--port',
    '0',
    '--parent-stdin',
    '--data',
    folder,
    '--timeout',
    '600000',
  ];
  const command = [...place.nearPrefix, process.execPath, PROGRAM, 'serve', ...options];
  const server = new LineProcess('sceneport serve', command, {
    ...process.env,
    SCENEPORT_ADMIN_PASSWORD: 'admin',
  });
  const ready = await server.answer();
  const port = Number(ready.multiUserPort);
  const clients: LineProcess[] = [];
  return {
    pid: server.child.pid!,
    port,
    async client(name, { isFirst = false } = {}) {
      const client = await connectOldClient(python, place, port, name, isFirst);
      clients.push(client);
      return client;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.end()));
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
