import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatInvite, type Invite, isRefusal, parseInvite } from '@sceneport/protocol';
import { LineProcess } from '../line-process.ts';
import type { BenchServer, Place, Side } from '../side.ts';

/** A server of Sceneport, which keeps its sessions when it is started again. */
export interface OurServer extends BenchServer {
  /** `port`: where it looks for the server, beside the relay; without it that of the server. */
  client(
    name: string,
    options?: { readonly isFirst?: boolean; readonly port?: number },
  ): Promise<LineProcess>;
  /** Ends clients and server, and starts another on the same data; how long that took to be ready, seconds. */
  restart(): Promise<number>;
}

/** The built program. */
export const PROGRAM = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));

/** Sceneport's server and its SDK, with everything on: TLS, rights, a database on disk. */
export const ourSide: Side = { name: 'sceneport', start: (place) => startOurServer(place) };

/** A port where nothing listens. */
export const CLOSED_PORT = 1;

/** Starts a server with data of its own, and these options. */
export async function startOurServer(place: Place, options: readonly string[] = []): Promise<OurServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-bench-'));
  let { server, port, invite } = await serve(place, folder, options);
  const clients: LineProcess[] = [];
  return {
    get pid() {
      return server.child.pid!;
    },
    get port() {
      return port;
    },
    async client(name, { port: towards = port } = {}) {
      const client = new LineProcess(`client ${name}`, [...place.farPrefix, process.execPath, CLIENT]);
      clients.push(client);
      const address = { host: place.serverAddress, port: towards };
      const target = formatInvite({ ...readInvite(invite), addresses: [address] });
      await client.call({ do: 'connect', invite: target, name });
      return client;
    },
    async restart() {
      await Promise.all(clients.splice(0).map((client) => client.end()));
      await server.end();
      const beganMs = performance.now();
      ({ server, port } = await serve(place, folder, options));
      return (performance.now() - beganMs) / 1000;
    },
    async stop() {
      await Promise.all(clients.map((client) => client.end()));
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Serving {
  readonly server: LineProcess;
  readonly port: number;
  readonly invite: string;
}

async function serve(place: Place, folder: string, more: readonly string[]): Promise<Serving> {
  const options = ['--json', '--port', '0', '--parent-stdin', '--data', folder, ...more];
  const command = [...place.nearPrefix, process.execPath, PROGRAM, 'serve', ...options];
  const server = new LineProcess('sceneport serve', command);
  const ready = await server.answer();
  return { server, port: Number(ready.port), invite: String(ready.invite) };
}

function readInvite(link: string): Invite {
  const invite = parseInvite(link);
  if (isRefusal(invite)) throw new Error(invite.message);
  return invite;
}
