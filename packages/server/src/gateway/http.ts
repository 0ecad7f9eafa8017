import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { LIMITS, PROTOCOL_VERSION, type Refusal } from '@sceneport/protocol';
import { WebSocketServer } from 'ws';
import type { Clock } from '../clock.ts';
import { isJudgedGood } from './judged.ts';
import type { Link } from './link.ts';
import type { PassedOn } from './passed-on.ts';
import { ReachPage } from './reach-page.ts';
import { endSlowRequests } from './request-deadline.ts';
import { answerSpeed } from './speed.ts';
import { WebSocketLink } from './websocket-link.ts';

/** By this a server is known for one of Sceneport, and for the version of the protocol that it speaks (H4). */
const PROTOCOL_HEADER = 'sceneport-protocol';

/** What the server answers over HTTP. */
export interface HttpPages {
  /** True when the server can serve: `/healthz`. */
  isHealthy(): boolean;
  /** The text of `/metrics`, or null when this request, of somebody at `address`, may not read it. */
  metrics(request: IncomingMessage, address: string): string | null;
  /** Why a token does not let in, shown by somebody at `address`; null when it does. */
  judgeToken(session: string, token: string, address: string): Refusal | null;
}

/**
 * HTTP and WebSocket (T1): `/healthz`, `/metrics`, and frames as binary messages on any path. `trustsProxy`: a proxy on
 * this machine stands before it, and the address that it forwards is the client's.
 */
export function makeHttpServer(
  pages: HttpPages,
  accept: (link: Link) => void,
  codeShownOn: (socket: Socket) => string,
  passedOn: PassedOn,
  trustsProxy: boolean,
  clock: Clock,
): Server {
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LIMITS.frameBytes,
    clientTracking: false,
  });
  const reach = new ReachPage(clock);
  const server = createServer({ maxHeaderSize: 16 * 1024 }, (request, response) => {
    response.setHeader(PROTOCOL_HEADER, PROTOCOL_VERSION);
    const answer = (status: number, text: string) => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(text);
    };
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') answer(405, 'Only GET.\n');
    else if (path === '/healthz')
      answer(pages.isHealthy() ? 200 : 503, pages.isHealthy() ? 'ok\n' : 'read-only\n');
    else if (path === '/metrics') {
      const text = pages.metrics(request, passedOn.addressOf(request.socket));
      answer(text === null ? 401 : 200, text ?? 'The admin password is needed.\n');
    } else if (path === '/speed' || path === '/reach') {
      const address = addressOf(request, passedOn, trustsProxy);
      const judge = (session: string, token: string) => pages.judgeToken(session, token, address);
      if (!isJudgedGood(request, response, judge)) return;
      if (path === '/speed') answerSpeed(request, response);
      else void reach.answer(request, response, ownAddressOf(request, passedOn, trustsProxy));
    } else answer(404, 'This is a Sceneport server.\n');
  });
  endSlowRequests(server, clock);
  server.on('upgrade', (request, socket, head) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const below = socket as Socket;
      const address = addressOf(request, passedOn, trustsProxy);
      const way = passedOn.isRelayed(below) ? 'relay' : 'websocket';
      accept(new WebSocketLink(webSocket, below, address, way, codeShownOn(below)));
    });
  });
  server.on('clientError', (_, socket) => socket.destroy());
  return server;
}

/** Whether an address is this machine's own; a Unix socket has none. */
export function isThisMachine(address: string | undefined): boolean {
  return address === undefined || /^(127\.|::1$|::ffff:127\.)/.test(address);
}

function addressOf(request: IncomingMessage, passedOn: PassedOn, trustsProxy: boolean): string {
  return forwardedAddressOf(request, trustsProxy) || passedOn.addressOf(request.socket);
}

/** The address of who asks; null where nothing is known but that of a proxy or a relay between. */
function ownAddressOf(request: IncomingMessage, passedOn: PassedOn, trustsProxy: boolean): string | null {
  if (trustsProxy) return forwardedAddressOf(request, trustsProxy) || null;
  return passedOn.isRelayed(request.socket) ? null : passedOn.addressOf(request.socket);
}

/** What a proxy on this machine says of who asks, which need not be an address. */
function forwardedAddressOf({ headers, socket }: IncomingMessage, trustsProxy: boolean): string | undefined {
  const forwarded = headers['x-forwarded-for'];
  const isBelieved = trustsProxy && typeof forwarded === 'string' && isThisMachine(socket.remoteAddress);
  return isBelieved ? forwarded.split(',').at(-1)?.trim() : undefined;
}
