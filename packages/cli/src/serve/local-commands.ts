import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { SceneportServer } from '@sceneport/server';
import type { CommandRequest } from '../commands/request.ts';
import type { CommandRunner } from '../commands/runner.ts';
import { CURVE_KEY_COMMAND, isAboutServer } from '../commands/table.ts';

/** Commands given on this machine, with all rights, about the session of the request. `curveKey`: of the gateway for old clients. */
export function localCommands(server: SceneportServer, curveKey: string | null): CommandRunner {
  return async (request, session) => {
    if (request.name === CURVE_KEY_COMMAND)
      return curveKey === null
        ? refusal('bad-request', 'This server has no key of CurveZMQ.')
        : { key: curveKey };
    const about = session === null || isAboutServer(request.name) ? {} : { session };
    return server.command(request.name, { ...about, ...request.arguments }, { kind: 'local' });
  };
}

/** The link of a new invite of `role`. */
export async function makeInvite(run: CommandRunner, session: string): Promise<string | Refusal> {
  const request: CommandRequest = { name: 'invite', arguments: {} };
  const answer = await run(request, session);
  if (isRefusal(answer)) return answer;
  const { link } = answer as { link?: unknown };
  return typeof link === 'string' ? link : refusal('internal', 'The server made an invite without a link.');
}
