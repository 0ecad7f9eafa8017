import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '@sceneport/protocol';

/** Says whether a token lets into a session at present; null when it does. */
export type JudgeToken = (session: string, token: string) => Refusal | null;

/**
 * Whether who asks for `PATH?session=NAME` shows an invite's token (HTTP Bearer), which is no use of it. Others are answered with 401
 * and the code of the refusal in the header `sceneport-refusal`.
 */
export function isJudgedGood(request: IncomingMessage, response: ServerResponse, judge: JudgeToken): boolean {
  const session = queryOf(request).get('session') ?? '';
  const token = /^Bearer ([a-z2-7]{26})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const refused = judge(session, token);
  if (refused !== null) response.writeHead(401, { 'sceneport-refusal': refused.code }).end();
  return refused === null;
}

/** What stands behind the question mark of what is asked for. */
export function queryOf({ url }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(url?.split('?')[1] ?? '');
}
