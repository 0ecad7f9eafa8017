import { createServer, type Server } from 'node:http';
import { RELAY_ALPN } from '@sceneport/protocol';
import { type Clock, endSlowRequests, isThisMachine } from '@sceneport/server';

/** By this a relay is known for one. */
const RELAY_HEADER = 'sceneport-relay';

/**
 * What a relay answers over HTTP: `/healthz`, and `/metrics` to this machine where that is open.
 */
export function makePages(metrics: () => string, openMetrics: boolean, clock: Clock): Server {
  const server = createServer({ maxHeaderSize: 16 * 1024 }, (request, response) => {
    const answer = (status: number, text: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', [RELAY_HEADER]: RELAY_ALPN });
      response.end(text);
    };
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'Only GET.\n');
    else if (path === '/healthz') answer(200, 'ok\n');
    else if (path === '/metrics' && openMetrics && isThisMachine(request.socket.remoteAddress))
      answer(200, metrics());
    else answer(404, 'This is a Sceneport relay.\n');
  });
  endSlowRequests(server, clock);
  server.on('clientError', (_, socket) => socket.destroy());
  return server;
}
