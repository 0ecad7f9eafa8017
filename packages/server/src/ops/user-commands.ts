import { type DatablockId, isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { Member } from '../session/member.ts';
import { optionalText, roleOf, textOf, textsOf, userOf } from './command-arguments.ts';
import type { CommandRun, SessionCommand } from './commands.ts';

/** Commands about users and what they hold (A1, A3, A4). */
export const USER_COMMANDS: Readonly<Record<string, SessionCommand>> = {
  users: {
    right: 'viewer',
    help: 'users: who is in the session.',
    run: ({ session }) => session.members.all().map((member) => member.toRoster()),
  },
  kick: {
    right: 'admin',
    help: 'kick USER [REASON]: ends the connection of a user.',
    run(run) {
      const member = memberOf(run);
      if (isRefusal(member)) return member;
      kick(run, member, 'kicked');
      return { kicked: member.name };
    },
  },
  ban: {
    right: 'admin',
    help: 'ban USER [REASON]: kicks a user and keeps name, invite and address out.',
    async run(run) {
      const member = memberOf(run);
      if (isRefusal(member)) return member;
      const { name, address } = member;
      const stored = Promise.all([
        run.session.bans.add({ name, address, invite: member.user.invite }),
        run.session.entrance.forgetSecret(member.user),
      ]);
      // Whoever has filled the disk has to go, too.
      kick(run, member, 'banned');
      const [ban] = await stored;
      return ban;
    },
  },
  unban: {
    right: 'admin',
    help: 'unban BAN: lifts a ban, by its id or the name of the user.',
    async run({ session, args }) {
      return (await session.bans.remove(textOf(args, 'ban'))) ? { lifted: true } : refusal('no-such-user');
    },
  },
  bans: {
    right: 'admin',
    help: 'bans: who is kept out.',
    run: ({ session }) => session.bans.list(),
  },
  role: {
    right: 'admin',
    help: 'role USER viewer|editor|admin: changes what a user may do.',
    async run(run) {
      const member = memberOf(run);
      if (isRefusal(member)) return member;
      await run.session.entrance.changeRole(member, roleOf(run.args, 'role'));
      return member.toRoster();
    },
  },
  lock: {
    right: 'admin',
    help: 'lock USER ID…: gives datablocks to a user.',
    run(run) {
      const member = memberOf(run);
      if (isRefusal(member)) return member;
      const own = { op: 'own', kind: 'hard', user: member.number } as const;
      return submit(run, (id) => ({ ...own, id }));
    },
  },
  unlock: {
    right: 'admin',
    help: 'unlock ID…: releases datablocks, whoever holds them.',
    run: (run) => submit(run, (id) => ({ op: 'disown', id })),
  },
};

function memberOf({ session, args }: CommandRun): Member | Refusal {
  return session.members.find(userOf(args, 'user')) ?? refusal('no-such-user');
}

function kick(run: CommandRun, member: Member, code: 'kicked' | 'banned'): void {
  member.peer?.dismiss(code, farewell(run));
  run.session.entrance.remove(member);
}

/** What the one who has to go is told: by whom, and why. */
function farewell({ args, caller }: CommandRun): string {
  const who = caller.kind === 'member' ? caller.member.name : 'The host';
  const reason = optionalText(args, 'reason');
  return `${who} has removed you from the session${reason ? `: ${reason}` : '.'}`;
}

function submit(
  { session, args }: CommandRun,
  make: (id: DatablockId) => Parameters<typeof session.sequencer.submitOwn>[0][number],
): unknown | Refusal {
  const ids = textsOf(args, 'ids') as DatablockId[];
  if (ids.some((id) => !session.sequencer.state.datablocks.has(id))) return refusal('gone');
  const seq = session.sequencer.submitOwn(ids.map(make));
  return isRefusal(seq) ? seq : { seq };
}
