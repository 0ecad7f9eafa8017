import type { Refusal } from '@sceneport/protocol';
import type { CommandRequest } from './request.ts';

/** Does what a request says in a session of a server; null where the request is not about one. */
export type CommandRunner = (request: CommandRequest, session: string | null) => Promise<unknown | Refusal>;
