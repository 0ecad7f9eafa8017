import { type Refusal, refusal } from './errors.ts';

/** A place where a server listens. */
export interface Address {
  /** A DNS name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What a link says (I1). */
export interface Invite {
  readonly addresses: readonly Address[];
  readonly session: string;
  /** The server's code (T2). */
  readonly code: string;
  readonly relays: readonly Address[];
  /** 26 base32 characters, or null where the link gives no right of its own (address and code, to be used with a password). */
  readonly token: string | null;
}

export const DEFAULT_PORT = 5555;

/** Whether `code` is a server's code: 52 base32 characters (T2). */
export function isCode(code: string): boolean {
  return /^[a-z2-7]{52}$/.test(code);
}

/** The link of an invite, in the form `sceneport://…`, or in that for browsers. */
export function formatInvite(invite: Invite, scheme: 'sceneport' | 'https' = 'sceneport'): string {
  const hosts = invite.addresses.map(formatAddress).join(',');
  const relays = invite.relays.map((relay) => `&relay=${formatAddress(relay)}`).join('');
  const token = invite.token === null ? '' : `#${invite.token}`;
  return `${scheme}://${hosts}/${encodeURIComponent(invite.session)}?code=${invite.code}${relays}${token}`;
}

/** `host` or `host:port`, an IPv6 address in brackets; the default port is left out. */
export function formatAddress({ host, port }: Address): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === DEFAULT_PORT ? name : `${name}:${port}`;
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; null when it is none of them. */
export function parseAddress(text: string): Address | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?$/.exec(text.trim());
  if (match === null) return null;
  const port = match[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  return port >= 1 && port <= 65535 ? { host: (match[1] ?? match[2])!, port } : null;
}

/** Reads a link of I1, `sceneport:` or `https:`. Unknown parameters are ignored. */
export function parseInvite(link: string): Invite | Refusal {
  const match = /^(?:sceneport|https):\/\/([^/?#]+)\/([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(link.trim());
  if (match === null) return refusal('bad-invite', 'This is not an invite.');
  const [, hosts, sessionText, query, token] = match as unknown as [string, string, string, string?, string?];
  const addresses = hosts.split(',').map(parseAddress);
  const parameters = new URLSearchParams(query ?? '');
  const relays = parameters.getAll('relay').map(parseAddress);
  const code = parameters.get('code');
  const session = decodeSession(sessionText);
  if (addresses.includes(null) || relays.includes(null))
    return refusal('bad-invite', 'The address in the invite is not right.');
  if (code === null)
    return refusal('bad-invite', 'The invite does not name its server (no code). Copy the whole link.');
  if (!isCode(code))
    return refusal('bad-invite', 'The code in the invite is not right. Copy the whole link.');
  if (session === null) return refusal('bad-invite', 'The invite names no session.');
  if (token !== undefined && !/^[a-z2-7]{26}$/.test(token)) {
    return refusal('bad-invite', 'The end of the invite is missing. Copy the whole link.');
  }
  return {
    addresses: addresses as Address[],
    session,
    code,
    relays: relays as Address[],
    token: token ?? null,
  };
}

function decodeSession(text: string): string | null {
  try {
    return decodeURIComponent(text) || null;
  } catch {
    return null;
  }
}

/** The first 16 letters of a code in groups of four, as people compare it (H5). */
export function readableCode(code: string): string {
  return code.slice(0, 16).replace(/(.{4})(?=.)/g, '$1 ');
}
