import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { LoginThrottle } from '../access/throttle.ts';
import { isThisMachine } from '../gateway/http.ts';
import type { ServerOptions } from '../options.ts';
import type { Session } from '../session/session.ts';
import type { Counters } from './counters.ts';
import { metric } from './metric.ts';

/** The server in numbers, in the text format of Prometheus (version 0.0.4). */
export function metricsText(counters: Counters, sessions: readonly Session[]): string {
  const members = sessions.reduce((sum, session) => sum + session.members.connected().length, 0);
  const datablocks = sessions.reduce((sum, { sequencer }) => sum + sequencer.state.datablocks.size, 0);
  const readOnly = sessions.filter(({ sequencer }) => sequencer.readOnly !== null).length;
  const lines = [
    ...metric('connections', 'gauge', 'Connections, logged in or not.', counters.connections),
    ...metric('connections_total', 'counter', 'Connections since the start.', counters.connectionsTotal),
    ...metric('logins_refused_total', 'counter', 'Logins refused.', counters.loginsRefused),
    ...metric('users', 'gauge', 'Users in all sessions.', members),
    ...metric('sessions', 'gauge', 'Sessions.', sessions.length),
    ...metric('sessions_read_only', 'gauge', 'Sessions that cannot be written.', readOnly),
    ...metric('datablocks', 'gauge', 'Datablocks in all sessions.', datablocks),
    ...metric('events_total', 'counter', 'Events made durable.', counters.events),
    ...metric('bad_frames_total', 'counter', 'Frames that broke a rule.', counters.badFrames),
    ...metric('frames_received_total', 'counter', 'Frames received.', counters.framesIn),
    ...metric('received_bytes_total', 'counter', 'Bytes of frames received.', counters.bytesIn),
    ...metric('frames_sent_total', 'counter', 'Frames sent.', counters.framesOut),
    ...metric('sent_bytes_total', 'counter', 'Bytes of frames sent.', counters.bytesOut),
    ...metric('resident_memory_bytes', 'gauge', 'Memory of the process.', process.memoryUsage.rss()),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Whether a request may read the metrics (T1): with the admin password (HTTP Basic, any user name), or from this
 * machine where the option says so. Behind a proxy everyone comes from this machine, and the option says nothing. A wrong
 * password counts as a wrong login, and makes wait like one (H3).
 */
export function mayReadMetrics(
  request: IncomingMessage,
  address: string,
  options: Pick<ServerOptions, 'adminPassword' | 'openMetrics' | 'behindProxy'>,
  throttle: LoginThrottle,
): boolean {
  const isOpen = options.openMetrics && !options.behindProxy;
  if (isOpen && isThisMachine(address)) return true;
  const match = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers.authorization ?? '');
  if (match === null || options.adminPassword === null || throttle.waitMs(address) > 0) return false;
  const given = Buffer.from(match[1]!, 'base64').toString().split(':').slice(1).join(':');
  const isRight = timingSafeEqual(digest(given), digest(options.adminPassword));
  if (!isRight) throttle.failed(address);
  return isRight;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
