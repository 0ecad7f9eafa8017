import { formatInvite, parseAddress, refusal } from '@sceneport/protocol';
import { optionalCount, optionalText, roleOf, textOf } from './command-arguments.ts';
import type { SessionCommand } from './commands.ts';
import { withPort } from './with-port.ts';

/** Commands about invites (I2). */
export const INVITE_COMMANDS: Readonly<Record<string, SessionCommand>> = {
  invite: {
    right: 'admin',
    help: 'invite [ROLE]: makes an invite; its link is shown this once.',
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
        expiresMs: optionalCount(args, 'expiresMs'),
        maxUses: optionalCount(args, 'maxUses'),
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
