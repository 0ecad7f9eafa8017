import { formatInvite, isRefusal, parseInvite } from '@sceneport/protocol';
import type { ServerCertificate } from './server-certificate.ts';

/** The port that the authority has dialled, so that it leads to the server (RFC 8737 §3). */
const PORT = 443;

/** An invite as browsers can use it: by the names for which there are certificates. Null where there is none. */
export function browserInvite(link: string, certificates: readonly ServerCertificate[]): string | null {
  const addresses = certificates
    .filter(({ isHeld }) => isHeld)
    .map(({ name }) => ({ host: name, port: PORT }));
  const invite = parseInvite(link);
  if (addresses.length === 0 || isRefusal(invite)) return null;
  return formatInvite({ ...invite, addresses, relays: [] }, 'https');
}
