import { metric } from '@sceneport/server';
import type { Counters } from './counters.ts';

/** The relay in numbers, in the text format of Prometheus (version 0.0.4). */
export function metricsText(counters: Counters, connections: number, hosts: number): string {
  return [
    ...metric('relay_connections', 'gauge', 'Connections of any kind.', connections),
    ...metric('relay_connections_total', 'counter', 'Connections since the start.', counters.connections),
    ...metric('relay_hosts', 'gauge', 'Servers that are registered.', hosts),
    ...metric(
      'relay_joiners_total',
      'counter',
      'Joiners that were passed on to their server.',
      counters.joiners,
    ),
    ...metric('relay_refused_total', 'counter', 'Connections turned away.', counters.refused),
    ...metric('relay_bytes_total', 'counter', 'Bytes passed on.', counters.bytes),
    ...metric('relay_resident_memory_bytes', 'gauge', 'Memory of the process.', process.memoryUsage.rss()),
    '',
  ].join('\n');
}
