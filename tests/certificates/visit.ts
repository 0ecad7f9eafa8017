import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { keyShownBy } from '@sceneport/client';
import { codeOfKey } from '@sceneport/protocol';

/** What a visitor is shown. */
export interface Visit {
  /** Whether it accepts the server as the one of the name, as a browser would. */
  readonly isAccepted: boolean;
  /** The code of the key that the server has proved to hold. */
  readonly code: string;
  readonly serial: string;
}

/** Visits what listens on a port of this machine by a DNS name; `root` is the one authority that the visitor knows, PEM. */
export const visit = async (port: number, servername: string, root: string): Promise<Visit> => {
  const socket: TLSSocket = connect({
    host: '127.0.0.1',
    port,
    servername,
    ca: root,
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const { serialNumber: serial } = socket.getPeerCertificate();
  const seen = { isAccepted: socket.authorized, code: codeOfKey(keyShownBy(socket)!), serial };
  socket.destroy();
  return seen;
};
