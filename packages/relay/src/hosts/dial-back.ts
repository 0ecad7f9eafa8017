import { connect } from 'node:tls';
import { keyShownBy } from '@sceneport/client';
import { type Address, codeOfKey, formatAddress } from '@sceneport/protocol';

const TIMEOUT_MS = 5000;
const SERVER_ALPN = 'sceneport/1';

/**
 * Connects to `address` and looks whether a server with one of `codes` answers there (W7): null when it does, else in
 * words why not.
 */
export function dialBack(address: Address, codes: ReadonlySet<string>): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const socket = connect({
    host: address.host,
    port: address.port,
    ALPNProtocols: [SERVER_ALPN],
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    timeout: TIMEOUT_MS,
  });
  const place = formatAddress(address);
  const finish = (failure: string | null): void => {
    socket.destroy();
    resolve(failure);
  };
  socket.once('timeout', () => finish(`Nothing answers at ${place}.`));
  socket.on('error', (error) =>
    finish(`Nothing answers at ${place} (${(error as NodeJS.ErrnoException).code ?? error.message}).`),
  );
  socket.once('close', () => finish(`What answers at ${place} hangs up.`));
  socket.once('secureConnect', () => {
    const key = keyShownBy(socket);
    const isHost = key !== null && codes.has(codeOfKey(key));
    finish(isHost ? null : `Another server answers at ${place}.`);
  });
  return promise;
}
