import type { Refusal } from '@sceneport/protocol';
import type { CommandRequest } from './request.ts';

/** Does what a request says in a session of a server, wherever that server is. */
export type CommandRunner = (request: CommandRequest, session: string) => Promise<unknown | Refusal>;
