import {
  type DatablockDifference,
  isRefusal,
  LIMITS,
  type PathDifference,
  type UserNumber,
} from '@sceneport/protocol';
import type { Session } from '../session/session.ts';
import { countOf, optionalCount } from './command-arguments.ts';
import type { Caller, SessionCommand } from './commands.ts';

/** Entries that one answer shows, and datablocks and paths of a comparison. */
const SHOWN_ENTRIES = 30;
const SHOWN_DATABLOCKS = 200;
const SHOWN_PATHS = 4;

/** Commands about the history (P4). */
export const HISTORY_COMMANDS: Readonly<Record<string, SessionCommand>> = {
  history: {
    right: 'viewer',
    help: 'history [BEFORE]: what was done, newest first.',
    async run({ session, args }) {
      const before = optionalCount(args, 'before') ?? Number.MAX_SAFE_INTEGER;
      const entries = await session.history.entries(before, LIMITS.historyEntries);
      return entries.slice(0, SHOWN_ENTRIES).map((entry) => ({
        seq: entry.seq,
        timeMs: entry.timeMs,
        user: entry.user,
        what: whatOf(entry),
        datablocks: entry.datablocks.map(([id, name]) => name ?? id.slice(0, 8)).join(', '),
      }));
    },
  },
  compare: {
    right: 'viewer',
    help: 'compare FROM TO: what differs between the states at two events.',
    async run({ session, args }) {
      const differences = await session.history.compare(countOf(args, 'from'), countOf(args, 'to'));
      if (isRefusal(differences)) return differences;
      return differences.slice(0, SHOWN_DATABLOCKS).map((difference) => rowOf(difference, session));
    },
  },
  tidy: {
    right: 'admin',
    help: 'tidy: removes now what is not to be kept any more.',
    async run({ session }) {
      const removedChunks = await session.upkeep.tidy();
      return {
        oldest: session.history.range.oldest,
        removedChunks,
        usedBytes: await session.storage.sizeBytes(),
      };
    },
  },
  restore: {
    right: 'admin',
    help: 'restore SEQ: makes the state at an event the present one, by a new event.',
    async run({ session, args, caller }) {
      return session.history.restore(countOf(args, 'seq'), authorOf(caller, session));
    },
  },
};

/** A member of another session, and whoever is at this machine, acts as the server. */
function authorOf(caller: Caller, session: Session): UserNumber {
  const isMember = caller.kind === 'member' && caller.session === session;
  return isMember ? caller.member.number : 0;
}

function whatOf(entry: Awaited<ReturnType<Session['history']['entries']>>[number]): string {
  const { restores, takesBack, datablockCount, events } = entry;
  if (restores !== null) return `restored ${restores}`;
  const verb = takesBack === null ? 'changed' : 'took back';
  const of = datablockCount === 1 ? '1 datablock' : `${datablockCount} datablocks`;
  return events === 1 ? `${verb} ${of}` : `${verb} ${of} in ${events} events`;
}

function rowOf({ id, type, name, change, paths }: DatablockDifference, session: Session) {
  const users = new Set(paths.map(({ written }) => nameOf(written, session)));
  const isListed = change === 'changed';
  return { change, type, name, paths: isListed ? pathsText(paths) : '', users: [...users].join(', '), id };
}

function nameOf(written: PathDifference['written'], session: Session): string {
  return written === null ? '?' : session.entrance.nameOf(written.author);
}

function pathsText(paths: readonly PathDifference[]): string {
  const shown = paths.slice(0, SHOWN_PATHS).map(({ path }) => path);
  const more = paths.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
