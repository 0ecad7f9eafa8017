import {
  encodeMessage,
  type Header,
  LIMITS,
  PROTOCOL_VERSION,
  type Role,
  type UserNumber,
} from '@sceneport/protocol';
import type { Admission } from '../access/login.ts';
import { hashSecret, newResumeSecret } from '../access/secrets.ts';
import type { StoredUser } from '../log/storage.ts';
import { Member, type Peer } from './member.ts';
import type { Session } from './session.ts';

/** How users come into a session, are lost, come back, and leave (H1, H6, A3). */
export class Entrance {
  readonly #session: Session;
  readonly #usersBySecret = new Map<string, StoredUser>();
  readonly #names = new Map<UserNumber, string>([[0, 'server']]);
  #nextNumber: UserNumber = 1;

  constructor(session: Session, users: readonly StoredUser[]) {
    this.#session = session;
    for (const user of users) this.#remember(user);
  }

  /** The user who holds the resume secret of this hash (H6), or null. */
  userOfSecret(secretHash: string): StoredUser | null {
    return this.#usersBySecret.get(secretHash) ?? null;
  }

  /** The name of a user who is or was in the session; of 0 that of the server. */
  nameOf(number: UserNumber): string {
    return this.#names.get(number) ?? `user ${number}`;
  }

  /** Lets a user in, and ends an older connection of the same (H1, H6). */
  async enter(admission: Admission, peer: Peer): Promise<{ member: Member; welcome: Header<'welcome'> }> {
    const session = this.#session;
    const { returning, invite, hello } = admission;
    const secret =
      returning !== null && hello.login.kind === 'resume' ? hello.login.secret : newResumeSecret();
    const [user] = await Promise.all([
      returning ?? this.#newUser(admission, secret),
      invite === null ? null : session.invites.use(invite),
    ]);
    await session.commitIds.load(user.number);
    const member = this.#admit(user, peer);
    const { limits, lockGraceMs, version } = session.context;
    const { commitsPerSecond, bytesPerSecond } = limits;
    const welcome: Header<'welcome'> = {
      version: PROTOCOL_VERSION,
      user: member.name,
      number: member.number,
      role: member.role,
      session: session.name,
      seq: session.sequencer.durableSeq,
      epoch: session.epoch,
      resumeSecret: secret,
      resumed: admission.resumed,
      blender: session.settings.blender,
      server: { name: 'sceneport', version },
      limits: {
        frameBytes: LIMITS.frameBytes,
        inflatedBytes: LIMITS.inflatedBytes,
        commitsPerSecond,
        bytesPerSecond,
      },
      lockGraceMs,
      lastCounter: session.commitIds.last(member.number),
      ...(admission.serverSignature === null ? {} : { serverSignature: admission.serverSignature }),
    };
    return { member, welcome };
  }

  /** What a member is told right after `welcome`. */
  greet(member: Member): void {
    const { members, stage, settings, upkeep, presence } = this.#session;
    const { outlet, blender } = member.peer!;
    members.rosterChanged();
    if (stage.publisher !== null) outlet.post(stage.frame());
    if (settings.blender !== null && blender !== null && blender !== settings.blender) {
      const message = `The scene was published with Blender ${settings.blender}; what yours cannot show stays as it is.`;
      outlet.post(encodeMessage('notice', { level: 'warning', code: 'blender-version', message }));
    }
    upkeep.greet(outlet);
    presence.welcome();
  }

  /** The connection of a member has ended without a goodbye: its name and locks are kept for a while (A3). */
  lose(member: Member, peer: Peer): void {
    if (member.peer !== peer) return;
    const { context, members, presence, name } = this.#session;
    member.peer = null;
    presence.clear(member.number);
    member.cancelGrace = context.clock.after(context.lockGraceMs, () => this.remove(member));
    context.log.info('user lost', { session: name, user: member.name, number: member.number });
    members.rosterChanged();
  }

  /** A member is gone for good: nothing is kept any more (A3). */
  remove(member: Member): void {
    const session = this.#session;
    if (session.members.get(member.number) !== member) return;
    member.peer = null;
    member.cancelGrace?.();
    session.members.remove(member);
    session.presence.clear(member.number);
    session.stage.release(member);
    session.releaseOrphanedLocks();
    session.context.log.info('user left', {
      session: session.name,
      user: member.name,
      number: member.number,
    });
    session.members.rosterChanged();
  }

  /** The first publication is stored (S5); it says for which Blender the session is (H7). */
  published(member: Member): void {
    const session = this.#session;
    session.stage.release(member);
    const blender = member.peer?.blender ?? null;
    if (session.settings.blender === null && blender !== null)
      session.upkeep.attempt(session.changeSettings({ blender }));
  }

  /** Changes what a member may do, now and when it comes back (A1). */
  async changeRole(member: Member, role: Role): Promise<void> {
    member.role = role;
    await this.#store({ ...member.user, role });
    this.#session.members.rosterChanged();
  }

  /** The user cannot resume any more (A4). */
  async forgetSecret(user: StoredUser): Promise<void> {
    if (user.secretHash !== null) this.#usersBySecret.delete(user.secretHash);
    await this.#session.storage.saveUser({ ...user, secretHash: null });
  }

  #admit(user: StoredUser, peer: Peer): Member {
    const { members, context, name: session } = this.#session;
    const present = members.get(user.number);
    const member = present ?? new Member(user, members.freeName(user.name));
    const former = member.peer;
    member.cancelGrace?.();
    member.cancelGrace = null;
    member.peer = peer;
    member.way = peer.way;
    member.address = peer.address;
    member.rttMs = null;
    members.add(member);
    former?.dismiss('replaced');
    const { name, number, role } = member;
    context.log.info('user joined', { session, user: name, number, role, way: peer.way });
    return member;
  }

  async #newUser({ hello, role, invite }: Admission, secret: string): Promise<StoredUser> {
    const user: StoredUser = {
      number: this.#nextNumber++,
      name: hello.user,
      colour: hello.colour,
      role,
      secretHash: hashSecret(secret),
      invite: invite?.id ?? null,
      joinedMs: this.#session.context.clock.now(),
    };
    await this.#store(user);
    return user;
  }

  async #store(user: StoredUser): Promise<void> {
    await this.#session.storage.saveUser(user);
    this.#remember(user);
  }

  #remember(user: StoredUser): void {
    this.#names.set(user.number, user.name);
    if (user.secretHash !== null) this.#usersBySecret.set(user.secretHash, user);
    this.#nextNumber = Math.max(this.#nextNumber, user.number + 1);
  }
}
