import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { isRefusal } from '@sceneport/protocol';
import {
  DEFAULT_LIMITS,
  type Logger,
  type SceneportServer,
  type ServerLimits,
  type Session,
  startServer,
  systemClock,
} from '@sceneport/server';
import { type MultiUserGateway, type MultiUserOptions, startMultiUser } from '../../src/index.ts';

/** What a gateway has logged, by level and sentence. */
export interface Logged {
  readonly level: string;
  readonly text: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A gateway beside a server of its own. */
export interface TestGateway {
  readonly server: SceneportServer;
  /** The session of old clients. */
  readonly session: Session;
  readonly gateway: MultiUserGateway;
  readonly port: number;
  readonly folder: string;
  readonly logged: readonly Logged[];
  close(): Promise<void>;
}

/** Starts a gateway on free ports; it ends with the test. */
export async function startTestGateway(
  t: TestContext,
  options: Partial<MultiUserOptions> & {
    readonly folder?: string;
    readonly serverLimits?: Partial<ServerLimits>;
  } = {},
): Promise<TestGateway> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'sceneport-multi-user-'));
  const logged: Logged[] = [];
  const log = makeLogger(logged);
  const server = await startServer({
    dataFolder: folder,
    port: 0,
    bind: '127.0.0.1',
    log,
    adminPassword: 'admin',
    limits: { ...DEFAULT_LIMITS, ...options.serverLimits },
  });
  const session = await server.openSession('multi-user', 'multi-user');
  if (isRefusal(session)) throw new Error(session.message);
  const gateway = await startMultiUser({
    session,
    port: 0,
    bind: '127.0.0.1',
    passwords: { session: null, admin: 'admin' },
    timeoutMs: 5000,
    limits: { connections: 4000, connectionsPerAddress: 4000 },
    security: { isNullAllowed: true, curve: null },
    clock: systemClock,
    log,
    ...options,
  });
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await gateway.close();
    await server.close();
  };
  t.after(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { server, session, gateway, port: gateway.port, folder, logged, close };
}

function makeLogger(logged: Logged[]): Logger {
  const at =
    (level: string) =>
    (text: string, details: Readonly<Record<string, unknown>>): void =>
      void logged.push({ level, text, details });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
