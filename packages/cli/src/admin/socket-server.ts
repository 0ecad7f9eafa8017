import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import { formatAnswer, parseRequest, REQUEST_BYTES, type SocketRequest } from './socket-message.ts';

/** Does what a request says. */
export type Answerer = (request: SocketRequest) => Promise<unknown | Refusal>;

/** The socket of a data folder on which `sceneport admin` is heard; only the user who runs the server can open it. */
export class AdminSocket {
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.on('close', () => this.#connections.delete(socket));
    });
  }

  /** Listens on `path`; a socket that an earlier server left there is removed, so the caller must own the data folder. */
  static async listen(path: string, answer: Answerer): Promise<AdminSocket> {
    if (process.platform !== 'win32') rmSync(path, { force: true });
    const server = createServer((socket) => serveConnection(socket, answer));
    const socket = new AdminSocket(server);
    // The mode must be right from the first moment on, and binding happens inside the call.
    const mask = process.umask(0o177);
    try {
      server.listen(path);
    } finally {
      process.umask(mask);
    }
    await once(server, 'listening');
    return socket;
  }

  async close(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function serveConnection(socket: Socket, answer: Answerer): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  socket.on('data', (part: string) => {
    if (text.includes('\n')) return;
    text += part;
    const end = text.indexOf('\n');
    if (end >= 0) void answerLine(socket, text.slice(0, end), answer);
    else if (text.length > REQUEST_BYTES) socket.destroy();
  });
}

async function answerLine(socket: Socket, line: string, answer: Answerer): Promise<void> {
  const request = parseRequest(line);
  const result =
    request === null
      ? refusal('bad-request')
      : await answer(request).catch((error: unknown) => asRefusal(error));
  socket.end(formatAnswer(result));
}

function asRefusal(error: unknown): Refusal {
  if (isRefusal(error)) return error;
  return refusal('internal', error instanceof Error ? error.message : String(error));
}
