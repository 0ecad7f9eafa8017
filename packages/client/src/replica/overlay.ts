import {
  type ChunkName,
  type CommitBody,
  copyDatablock,
  type Datablock,
  type DatablockId,
  SessionState,
  type UserNumber,
} from '@sceneport/protocol';

/**
 * What an unsettled commit writes has this `seq` plus the order of the commit: above every true one, and telling which
 * commit it waits for.
 */
export const PROVISIONAL_SEQ = 2 ** 52;

/** An own commit that is not in the confirmed state yet. */
export interface Unconfirmed {
  readonly order: number;
  readonly body: CommitBody;
  readonly lists: ReadonlyMap<ChunkName, readonly ChunkName[]>;
  readonly ids: ReadonlySet<DatablockId>;
}

/**
 * The datablock `id` with own unconfirmed commits over the confirmed one (C3). An operation that no longer fits what
 * others did shows nothing: the server will refuse it.
 */
export function overlaid(
  id: DatablockId,
  confirmed: Datablock | undefined,
  commits: readonly Unconfirmed[],
  me: UserNumber,
): Datablock | undefined {
  const state = new SessionState();
  if (confirmed !== undefined) state.put(copyDatablock(confirmed));
  for (const { order, body, lists } of commits) {
    const seq = PROVISIONAL_SEQ + order;
    const context = { seq, author: me, override: true, base: seq, onlyIfUnwritten: false, lists };
    for (const operation of body.operations) {
      if (operation.id === id) state.apply({ operations: [operation], buffers: body.buffers }, context);
    }
  }
  return state.datablocks.get(id);
}
