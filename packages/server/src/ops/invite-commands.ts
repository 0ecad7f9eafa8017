import { formatInvite, parseAddress, refusal } from '@sceneport/protocol';
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
    help: 'invite [ROLE]: makes an invite, which may end after validMs or at expiresMs, and after maxUses; its link is shown this once.',
    async run({ operations, session, args }) {
      const hosts = (optionalText(args, 'host') ?? 'localhost').split(',');
      const addresses = hosts.map((host) => parseAddress(withPort(host, operations.port)));
      if (addresses.includes(null)) return refusal('bad-request', 'The argument "host" is no address.');
      const relays = (optionalText(args, 'relay') ?? '')
        .split(',')
        .filter((text) => text !== '')
        .map(parseAddress);
      if (relays.includes(null)) return refusal('bad-request', 'The argument "relay" is no address.');
      const { invite, token } = await session.invites.make({
        role: args.role === undefined ? 'editor' : roleOf(args, 'role'),
        expiresMs: expiryOf(args, operations.options.clock.now()),
        maxUses: usesOf(args),
      });
      const link = formatInvite({
        addresses: addresses.filter((address) => address !== null),
        session: session.name,
        code: operations.code,
        relays: relays.filter((relay) => relay !== null),
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
