import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is sent to who wants to know how quickly data comes, bytes. */
const SPEED_BYTES = 4 * 1024 * 1024;

/** The same for all, and such that nothing on the way can make less of it. */
const content = randomBytes(SPEED_BYTES);

/** Answers `/speed` (T1): some data to measure with. */
export function answerSpeed({ method }: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': SPEED_BYTES }).end(method === 'HEAD' ? '' : content);
}
