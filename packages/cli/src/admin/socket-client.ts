import { once } from 'node:events';
import { createConnection } from 'node:net';
import { type Refusal, refusal } from '@sceneport/protocol';
import { parseAnswer, type SocketRequest } from './socket-message.ts';

/** Stands for an answer where no server listens. */
export const NO_SERVER = Symbol('no server');

/** Asks the server at `path`; {@link NO_SERVER} when none listens there. Throws when the connection breaks. */
export async function askSocket(path: string, request: SocketRequest): Promise<unknown | Refusal> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
  } catch (error) {
    return answerWithoutServer(error as NodeJS.ErrnoException);
  }
  socket.setEncoding('utf8');
  socket.write(`${JSON.stringify(request)}\n`);
  let text = '';
  for await (const part of socket) text += part;
  return parseAnswer(text);
}

function answerWithoutServer(error: NodeJS.ErrnoException): Refusal | typeof NO_SERVER {
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') return NO_SERVER;
  if (error.code === 'EACCES') {
    return refusal(
      'not-allowed',
      'The server of this data folder was started by another user of this machine.',
    );
  }
  throw error;
}
