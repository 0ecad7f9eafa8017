import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '@sceneport/protocol';

/** What is sent to who wants to know how quickly data comes, bytes. */
const SPEED_BYTES = 4 * 1024 * 1024;

/** The same for all, and such that nothing on the way can make less of it. */
const content = randomBytes(SPEED_BYTES);

/**
 * Answers `/speed?session=NAME` (T1): who shows an invite's token (HTTP Bearer) gets some data to measure with; a refusal is
 * told with 401 and by its code in the header `sceneport-refusal`.
 */
export function answerSpeed(
  request: IncomingMessage,
  response: ServerResponse,
  judge: (session: string, token: string) => Refusal | null,
): void {
  const session = new URL(request.url ?? '', 'https://server').searchParams.get('session') ?? '';
  const token = /^Bearer ([a-z2-7]{26})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const refused = judge(session, token);
  if (refused !== null) response.writeHead(401, { 'sceneport-refusal': refused.code }).end();
  else
    response.writeHead(200, { 'content-length': SPEED_BYTES }).end(request.method === 'HEAD' ? '' : content);
}
