import type { DatablockId } from '@sceneport/protocol';
import type { PendingCommit } from './pending-commit.ts';

/** Commits on their way at once. */
const MOST_UNDER_WAY = 512;
/** Commits that wait for their turn, among which one is looked for that may overtake the others. */
const MOST_OVERTAKEN = 64;

/**
 * Which of the pending commits may set out now: in order, but past those that still wait or upload when they share no
 * datablock with them, so that a small change does not wait behind a large upload (F4).
 */
export function readyCommits(commits: readonly PendingCommit[]): PendingCommit[] {
  const ready: PendingCommit[] = [];
  const busy = new Set<DatablockId>();
  let underWay = 0;
  let overtaken = 0;
  for (const commit of commits) {
    const isReady = commit.progress === 'waiting' && !intersects(commit.ids, busy) && !commit.isWaiting;
    if (isReady) ready.push(commit);
    if (isReady || commit.progress !== 'waiting') underWay++;
    else overtaken++;
    if (underWay >= MOST_UNDER_WAY || overtaken >= MOST_OVERTAKEN) break;
    if (commit.progress !== 'sent') for (const id of commit.ids) busy.add(id);
  }
  return ready;
}

function intersects(a: ReadonlySet<DatablockId>, b: ReadonlySet<DatablockId>): boolean {
  for (const id of a) if (b.has(id)) return true;
  return false;
}
