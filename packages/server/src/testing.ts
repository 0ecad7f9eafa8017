import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInvite, type Role } from '@sceneport/protocol';
import { type SceneportServer, type StartOptions, startServer } from './pipeline.ts';

/** A server for tests. */
export interface TestServer {
  readonly server: SceneportServer;
  readonly dataFolder: string;
  readonly port: number;
  readonly code: string;
  /** A new invite of the session `main`, as a link. */
  invite(role?: Role): Promise<string>;
  /** A new token of the session `main`. */
  token(role?: Role): Promise<string>;
  /** Stops it and starts it again on the same data folder and port. */
  restart(): Promise<void>;
}

/** What a test gives to be cleaned up after: node:test's context, or anything alike. */
export interface TestContext {
  after(cleanUp: () => Promise<void> | void): void;
}

/** Starts a server on a free port of 127.0.0.1 with a folder of its own; both go when the test ends. */
export async function startTestServer(
  t: TestContext,
  options: Partial<StartOptions> = {},
): Promise<TestServer> {
  const ownFolder = options.dataFolder === undefined;
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'sceneport-server-'));
  const start = (port: number) => startServer({ bind: '127.0.0.1', ...options, dataFolder, port });
  let server = await start(options.port ?? 0);
  const { port, code } = server;
  t.after(async () => {
    await server.close();
    if (ownFolder) rmSync(dataFolder, { recursive: true, force: true });
  });
  const invite = async (role: Role = 'editor'): Promise<string> => {
    const made = await server.command('invite', { role, host: '127.0.0.1' }, { kind: 'local' });
    return (made as { link: string }).link;
  };
  return {
    get server() {
      return server;
    },
    dataFolder,
    port,
    code,
    invite,
    async token(role) {
      return (parseInvite(await invite(role)) as { token: string }).token;
    },
    async restart() {
      await server.close();
      server = await start(port);
    },
  };
}
