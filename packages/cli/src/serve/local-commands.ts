import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { SceneportServer } from '@sceneport/server';
import type { CommandRequest } from '../commands/request.ts';
import type { CommandRunner } from '../commands/runner.ts';
import { CURVE_KEY_COMMAND, isAboutServer } from '../commands/table.ts';
import { OPTIONS } from '../options/table.ts';

/**
 * Commands given on this machine, with all rights, about the session of the request. Where that is the one of those who name
 * none, and there is none of this name, it is `first`. `curveKey`: of the gateway for old clients.
 */
export function localCommands(
  server: SceneportServer,
  first: string,
  curveKey: string | null,
): CommandRunner {
  return async (request, session) => {
    if (request.name === CURVE_KEY_COMMAND)
      return curveKey === null
        ? refusal('bad-request', 'This server has no key of CurveZMQ.')
        : { key: curveKey };
    const ask = (about: { session?: string }): Promise<unknown | Refusal> =>
      server.command(request.name, { ...about, ...request.arguments }, { kind: 'local' });
    if (session === null || isAboutServer(request.name)) return ask({});
    const answer = await ask({ session });
    const isMissing = isRefusal(answer) && answer.code === 'no-such-session';
    return isMissing && session === OPTIONS.session.default[0] && first !== session
      ? ask({ session: first })
      : answer;
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
