import { type Link, type Member, Outlet, type Peer, type Session } from '@sceneport/server';
import type { ZmtpPeer } from '../zmtp/peer.ts';

/** How a session tells a member of ours to go. */
export type Dismiss = (reason: string) => void;

/**
 * Lets a client of the old kind into the session as a member: it is in the roster, has a role, and commands find it.
 * Frames for it go nowhere, since the hub tells it everything in its own words.
 */
export async function enterSession(
  session: Session,
  user: string,
  role: 'editor' | 'admin',
  command: ZmtpPeer,
  dismiss: Dismiss,
): Promise<Member> {
  const lost = session.members.all().find(({ name, peer }) => name === user && peer === null);
  const { member } = await session.entrance.enter(
    {
      session,
      hello: {
        session: session.name,
        versions: [1, 1],
        client: { name: 'multi-user', version: '0' },
        blender: null,
        capabilities: [],
        user,
        colour: [0.5, 0.5, 0.5],
        login: { kind: 'open' },
      },
      role,
      returning: lost?.user ?? null,
      resumed: false,
      invite: null,
      serverSignature: null,
    },
    peerOf(session, command, dismiss),
  );
  member.role = role;
  session.members.rosterChanged();
  return member;
}

/** What clients of old servers know as the reason. */
const REASONS: Readonly<Record<string, string>> = {
  kicked: 'kicked by admin',
  banned: 'banned by admin',
  'shutting-down': 'the server is stopping',
};

function peerOf(session: Session, command: ZmtpPeer, dismiss: Dismiss): Peer {
  const link: Link = {
    address: command.address,
    code: '',
    way: 'multi-user',
    pendingBytes: 0,
    attach() {},
    send() {},
    pause() {},
    resume() {},
    end() {},
    destroy: () => command.destroy(),
  };
  const outlet = new Outlet(link, {
    ring: session.sequencer.ring,
    manifest: () => Promise.reject(new Error('old clients get no manifest')),
    chunks: () => Promise.reject(new Error('old clients get no chunks')),
    delivered() {},
    failed() {},
  });
  return {
    outlet,
    way: 'multi-user',
    address: command.address,
    blender: null,
    dismiss: (code, message) => dismiss([REASONS[code] ?? code, message].filter(Boolean).join(': ')),
  };
}
