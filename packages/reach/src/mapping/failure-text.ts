import { isSharedIPv4 } from '@sceneport/protocol';
import type { MappingFailure } from './router.ts';

/** Why the port could not be opened, and what to do, for whoever hosts. `port`: of the server; `wanted`: the port outside that was asked for, or null. */
export function failureText({ kind, detail }: MappingFailure, port: number, wanted: number | null): string {
  const byHand = `forward TCP port ${port} to this computer by hand, or use a relay`;
  switch (kind) {
    case 'no-router':
      return `No router opens the port: ${detail}. Switch on UPnP or NAT-PMP in the settings of the router, ${byHand}.`;
    case 'refused':
      return `The router does not open the port: ${detail}. Look for UPnP or NAT-PMP in its settings, ${byHand}.`;
    case 'port-taken':
      return wanted === null
        ? `The router gives no port: ${detail}. Choose one with --external-port, ${byHand}.`
        : `Port ${wanted} of the router is taken. Choose another one, or none, for --external-port.`;
    case 'not-written':
      return `No port was opened, since it could not be written down in the data folder: ${detail}.`;
    case 'shared-address':
      return `${sharedText(detail)} Nobody can come in from outside that way: use a relay, or ask the provider for a public address.`;
  }
}

/** What stands between the router and the internet. An address of 100.64.0.0/10 is given by providers only. */
function sharedText(detail: string): string {
  const address = /\d+\.\d+\.\d+\.\d+/.exec(detail)?.[0];
  const shares = 'Your provider shares one public address among many customers';
  if (address !== undefined && isSharedIPv4(address)) return `${shares} (that of your router is ${address}).`;
  return `${shares}, or a second router stands before yours: ${detail}.`;
}
