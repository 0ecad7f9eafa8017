import { loadCurveKeys, type MultiUserGateway, type Security, startMultiUser } from '@sceneport/multi-user';
import { isRefusal, SceneportError } from '@sceneport/protocol';
import type { SceneportServer } from '@sceneport/server';
import type { OptionValues } from '../options/table.ts';
import type { PreparedServer } from '../serve/server-options.ts';

/** The session that clients of the Multi-User add-on have for themselves. */
export const MULTI_USER_SESSION = 'multi-user';
/** Ports in a row that the oldest of those clients use; Sceneport's own comes after them. */
const MULTI_USER_PORTS = 4;

/** What users of old clients have to know. */
export type MultiUserAccess = Pick<MultiUserGateway, 'port' | 'curveKey'>;

/** The port of Sceneport's own clients: with old ones beside them, the first is for those. */
export function nativePort({ port, multiUser }: OptionValues): number {
  return multiUser && port !== 0 ? port + MULTI_USER_PORTS : port;
}

/** Lets clients of the Multi-User add-on in, beside a running server. Throws `port-taken`, with nothing left behind. */
export async function startGateway(
  server: SceneportServer,
  values: OptionValues,
  options: PreparedServer['options'],
): Promise<MultiUserGateway> {
  try {
    const session = await server.openSession(MULTI_USER_SESSION, 'multi-user');
    if (isRefusal(session)) throw new SceneportError(session);
    return await startMultiUser({
      session,
      port: values.port,
      bind: options.bind,
      passwords: { session: options.sessionPassword, admin: options.adminPassword },
      timeoutMs: options.timeoutMs,
      security: securityOf(values, options.dataFolder),
      limits: { connections: options.limits.connections, connectionsPerAddress: options.limits.connections },
      clock: options.clock,
      log: options.log,
    });
  } catch (error) {
    await server.close();
    throw error;
  }
}

function securityOf({ multiUserCurve }: OptionValues, dataFolder: string): Security {
  return {
    isNullAllowed: multiUserCurve !== 'require',
    curve: multiUserCurve === 'off' ? null : loadCurveKeys(dataFolder),
  };
}
