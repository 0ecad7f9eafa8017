import { SessionClient } from '@sceneport/client';
import { type Refusal, refusal, SceneportError } from '@sceneport/protocol';
import type { CommandRequest } from '../commands/request.ts';
import { VERSION } from '../version.ts';

/** A server far away, and the right to command it. */
export interface RemoteServer {
  /** An invite, or `host[:port]`. */
  readonly target: string;
  /** The session where the target is an address. */
  readonly session: string;
  readonly code: string | null;
  readonly adminPassword: string | null;
}

/** Joins the session for as long as the command takes. A server that cannot be joined comes back as the refusal why. */
export async function askRemote(server: RemoteServer, request: CommandRequest): Promise<unknown | Refusal> {
  const { target, session, code, adminPassword } = server;
  try {
    const client = await SessionClient.connect({
      target,
      session,
      user: 'admin',
      colour: [0.5, 0.5, 0.5],
      blender: null,
      client: { name: 'sceneport admin', version: VERSION },
      ...(code === null ? {} : { code }),
      ...(adminPassword === null ? {} : { adminPassword }),
    });
    const places = request.name === 'invite' ? client.invites.places : {};
    const answer = await client.command(request.name, { ...places, ...request.arguments });
    await client.leave();
    return answer;
  } catch (error) {
    if (error instanceof SceneportError) return refusal(error.code, error.message, error.details);
    throw error;
  }
}
