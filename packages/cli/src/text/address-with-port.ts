import type { Address } from '@sceneport/protocol';

/** `host:port`, with the port also where it is the default one, as the `invite` command takes it. */
export function addressWithPort({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
