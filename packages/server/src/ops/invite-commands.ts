import {
  type Address,
  DEFAULT_PORT,
  formatAddress,
  formatInvite,
  parseAddress,
  refusal,
} from '@sceneport/protocol';
import {
  type Arguments,
  BadArgument,
  optionalCount,
  optionalText,
  roleOf,
  textOf,
} from './command-arguments.ts';
import type { SessionCommand } from './commands.ts';
import { withPort } from './with-port.ts';

/** Commands about invites (I2). */
export const INVITE_COMMANDS: Readonly<Record<string, SessionCommand>> = {
  invite: {
    right: 'admin',
    help: 'invite [ROLE]: makes an invite, which may end after validMs or at expiresMs, and after maxUses; its link, which is shown this once, names by what the server knows to be reached, and the places given as host and relay.',
    async run({ operations, session, args }) {
      const known = operations.options.reachedBy(operations.port);
      const addresses = placesOf(args, 'host', operations.port, known.addresses);
      const relays = placesOf(args, 'relay', DEFAULT_PORT, known.relays);
      const { invite, token } = await session.invites.make({
        role: args.role === undefined ? 'editor' : roleOf(args, 'role'),
        expiresMs: expiryOf(args, operations.options.clock.now()),
        maxUses: usesOf(args),
      });
      const link = formatInvite({
        addresses: addresses.length > 0 ? addresses : [{ host: 'localhost', port: operations.port }],
        session: session.name,
        code: operations.code,
        relays,
        token,
      });
      return { id: invite.id, role: invite.role, expiresMs: invite.expiresMs, maxUses: invite.maxUses, link };
    },
  },
  invites: {
    right: 'admin',
    help: 'invites: all invites of the session.',
    run: ({ session }) => session.invites.list(),
  },
  revoke: {
    right: 'admin',
    help: 'revoke ID: takes an invite back.',
    async run({ session, args }) {
      return (await session.invites.revoke(textOf(args, 'id'))) ? { revoked: true } : refusal('bad-token');
    },
  },
};

/** Most places of one kind in an invite. */
const MOST_PLACES = 8;

/** The places that are known, and behind them those that an argument names, with commas between. */
function placesOf(args: Arguments, name: string, port: number, known: readonly Address[]): Address[] {
  const named = (optionalText(args, name)?.split(',') ?? []).map((text) =>
    parseAddress(withPort(text, port)),
  );
  const sound = named.filter((address) => address !== null);
  if (sound.length < named.length) throw new BadArgument(name, 'an address, or several with commas between');
  const all = new Map([...known, ...sound].map((address) => [formatAddress(address), address]));
  return [...all.values()].slice(0, MOST_PLACES);
}

/** A time, or how long from now; null: never. */
function expiryOf(args: Arguments, nowMs: number): number | null {
  const validMs = optionalCount(args, 'validMs');
  return validMs === null ? optionalCount(args, 'expiresMs') : nowMs + validMs;
}

/** How many times; null: any number of times. */
function usesOf(args: Arguments): number | null {
  const uses = optionalCount(args, 'maxUses');
  if (uses === 0) throw new BadArgument('maxUses', 'at least 1');
  return uses;
}
