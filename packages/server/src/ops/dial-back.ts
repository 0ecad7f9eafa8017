import { connect } from 'node:tls';
import { type Address, codeOfKey, formatAddress } from '@sceneport/protocol';
import { ALPN } from '../gateway/listener.ts';

const TIMEOUT_MS = 5000;

/** What answers at an address: a server with a code (T2), or in words why there is none. */
export type DialledBack = { readonly code: string } | { readonly failure: string };

/** Connects to `address` and looks at the key that is shown there (W7). Nothing is sent but the handshake of TLS. */
export function dialBack(address: Address): Promise<DialledBack> {
  const { promise, resolve } = Promise.withResolvers<DialledBack>();
  const socket = connect({
    host: address.host,
    port: address.port,
    ALPNProtocols: [ALPN],
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
  });
  const place = formatAddress(address);
  const finish = (outcome: DialledBack): void => {
    clearTimeout(deadline);
    socket.destroy();
    resolve(outcome);
  };
  const deadline = setTimeout(() => finish({ failure: `Nothing answers at ${place}.` }), TIMEOUT_MS);
  socket.on('error', (error) =>
    finish({
      failure: `Nothing answers at ${place} (${(error as NodeJS.ErrnoException).code ?? error.message}).`,
    }),
  );
  socket.once('close', () => finish({ failure: `What answers at ${place} hangs up.` }));
  socket.once('secureConnect', () => {
    const key = socket.getPeerX509Certificate()?.publicKey.export({ type: 'spki', format: 'der' });
    finish(
      key === undefined ? { failure: `What answers at ${place} shows no key.` } : { code: codeOfKey(key) },
    );
  });
  return promise;
}
