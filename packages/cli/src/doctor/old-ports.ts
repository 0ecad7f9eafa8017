import { connect } from 'node:net';
import type { Address } from '@sceneport/protocol';
import { type FindingGroup, failed, well } from './finding.ts';

const TIMEOUT_MS = 5000;

/** What the ports of the older system are for, from the first on. */
const PORTS = ['Commands', 'Subscriber', 'Publisher', 'TTL'] as const;

/** Looks which of the four ports of the older system are open, from `first` on: the old add-on needs them all. */
export async function checkOldPorts(first: Address): Promise<FindingGroup> {
  const findings = await Promise.all(
    PORTS.map(async (name, index) => {
      const port = first.port + index;
      return (await isOpen({ host: first.host, port }))
        ? well(`Port ${port} (${name}) is open.`)
        : failed(
            `Port ${port} (${name}) is closed.`,
            'Open or forward it to the server, and start the server with --multi-user.',
          );
    }),
  );
  return { title: `Ports of the Multi-User add-on at ${first.host}`, findings };
}

function isOpen({ host, port }: Address): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, timeout: TIMEOUT_MS });
  const finish = (open: boolean): void => {
    socket.destroy();
    resolve(open);
  };
  socket.once('connect', () => finish(true));
  socket.once('timeout', () => finish(false));
  socket.once('error', () => finish(false));
  return promise;
}
