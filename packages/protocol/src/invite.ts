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
/** The port of `https:` where none is written (RFC 9110 §4.2.2). */
const HTTPS_PORT = 443;
/** Most addresses, and most relays, of one invite. */
const MOST_PLACES = 16;

/** Whether `code` is a server's code: 52 base32 characters (T2). */
export function isCode(code: string): boolean {
  return /^[a-z2-7]{52}$/.test(code);
}

/** The link of an invite, which has at least one address: in the form `sceneport://…`, or in that for browsers. */
export function formatInvite(invite: Invite, scheme: 'sceneport' | 'https' = 'sceneport'): string {
  const [first, ...others] = invite.addresses;
  const place = writeAddress(first!, portOf(scheme));
  const at = others.map((address) => `&at=${formatAddress(address)}`).join('');
  const relays = invite.relays.map((relay) => `&relay=${formatAddress(relay)}`).join('');
  const token = invite.token === null ? '' : `#${invite.token}`;
  return `${scheme}://${place}/${encodeURIComponent(invite.session)}?code=${invite.code}${at}${relays}${token}`;
}

/** `host` or `host:port`, an IPv6 address in brackets; the default port is left out. */
export function formatAddress(address: Address): string {
  return writeAddress(address, DEFAULT_PORT);
}

function writeAddress({ host, port }: Address, defaultPort: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === defaultPort ? name : `${name}:${port}`;
}

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; null when it is none of them. */
export function parseAddress(text: string): Address | null {
  return readAddress(text.trim(), DEFAULT_PORT);
}

function readAddress(text: string, defaultPort: number): Address | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?$/.exec(text);
  if (match === null) return null;
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  return port >= 1 && port <= 65535 ? { host: (match[1] ?? match[2])!, port } : null;
}

/** Reads a link of I1, `sceneport:` or `https:`. Unknown parameters are ignored; commas between hosts are read too. */
export function parseInvite(link: string): Invite | Refusal {
  const match = /^(sceneport|https):\/\/([^/?#]+)\/([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(link.trim());
  if (match === null) return refusal('bad-invite', 'This is not an invite.');
  const [, scheme, hosts, sessionText, query, token] = match as unknown as InviteParts;
  // It would take one more question mark off, which in a URL belongs to the first name.
  const parameters = new URLSearchParams(`&${query ?? ''}`);
  const placesOf = (name: string): (Address | null)[] =>
    parameters.getAll(name).map((place) => readAddress(place, DEFAULT_PORT));
  const addresses = [...hosts.split(',').map((host) => readAddress(host, portOf(scheme))), ...placesOf('at')];
  const relays = placesOf('relay');
  const code = parameters.get('code');
  const session = decodeSession(sessionText);
  if (addresses.includes(null) || relays.includes(null))
    return refusal('bad-invite', 'The address in the invite is not right.');
  if (addresses.length > MOST_PLACES || relays.length > MOST_PLACES)
    return refusal('bad-invite', 'The invite names too many addresses. Ask for another one.');
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

/** The port that is meant where none is written: of `https` the one of browsers. */
function portOf(scheme: string): number {
  return scheme === 'https' ? HTTPS_PORT : DEFAULT_PORT;
}

/** The whole link, scheme, hosts, session, and where they are there query and token. */
type InviteParts = readonly [string, string, string, string, string?, string?];

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
