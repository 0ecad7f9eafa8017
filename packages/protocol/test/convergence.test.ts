import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type CommitBody, decodeCommitBody, encodeCommitBody } from '../src/commit.ts';
import { CommitRun } from '../src/commit-run.ts';
import { isRefusal } from '../src/errors.ts';
import { ManifestReader, manifestText } from '../src/manifest.ts';
import { type CommitContext, SessionState } from '../src/session-state.ts';
import {
  firstOperations,
  operationsOn,
  RANDOM_BUFFERS,
  type RandomCommit,
  randomCommit,
  storeOfContents,
} from './random-commits.ts';
import { body, type ChunkStore, context } from './support.ts';

interface Event {
  readonly body: CommitBody;
  readonly context: CommitContext;
}

/** The body as it comes out of the bytes of a frame: no replica shares memory with another. */
const received = (sent: CommitBody) => decodeCommitBody(encodeCommitBody(sent)) as CommitBody;

/** What the sequencer makes of a commit: the next event, its chunks in `store`, or null where it is refused. */
const sequence = (server: SessionState, commit: RandomCommit, store: ChunkStore): Event | null => {
  const made = body(operationsOn(server, commit), RANDOM_BUFFERS);
  const seq = server.seq + 1;
  const { author, behind, onlyIfUnwritten } = commit;
  const judged = context(seq, { author, onlyIfUnwritten, base: Math.max(0, seq - 1 - behind) });
  const applied = server.apply(received(made), judged);
  if (isRefusal(applied)) return null;
  for (const bytes of applied.inlineChunks.values()) store.add(bytes);
  server.seq = seq;
  return { body: made, context: judged };
};

const firstEvent = (server: SessionState): Event => {
  const first = { body: body(firstOperations), context: context(1) };
  assert.ok(!isRefusal(server.apply(received(first.body), first.context)));
  server.seq = 1;
  return first;
};

/** Brings a replica to the state of the server by a manifest relative to what it has (S7). */
const catchUp = (replica: SessionState, server: SessionState, store: ChunkStore) => {
  for (const datablock of server.datablocks.values()) store.nameChunks(datablock);
  const changed = [...server.datablocks.values()].filter((datablock) => datablock.seq > replica.seq);
  const reader = new ManifestReader();
  const datablocks = reader.push(manifestText(changed, server.datablocks.keys()));
  assert.ok(datablocks !== null && reader.isWhole);
  for (const id of replica.datablocks.keys()) if (!reader.allIds!.has(id)) replica.datablocks.delete(id);
  for (const datablock of datablocks) replica.put(datablock);
  replica.seq = server.seq;
};

/** Applies all events after the replica's `seq`. */
const applyEvents = (replica: SessionState, events: readonly Event[]) => {
  for (const event of events) {
    if (event.context.seq !== replica.seq + 1) continue;
    assert.ok(!isRefusal(replica.apply(received(event.body), event.context)));
    replica.seq = event.context.seq;
  }
};

test('[C1] [C4] [S7] gives every replica the same digest, however events and catch-ups are mixed', () => {
  const steps = fc.array(fc.record({ commit: randomCommit, actions: fc.tuple(fc.nat(3), fc.nat(4)) }), {
    maxLength: 25,
  });
  fc.assert(
    fc.property(steps, (made) => {
      const store = storeOfContents();
      const server = new SessionState();
      const [follower, joiner] = [new SessionState(), new SessionState()];
      const events: Event[] = [firstEvent(server)];
      for (const { commit, actions } of made) {
        const event = sequence(server, commit, store);
        if (event !== null) events.push(event);
        if (actions[0] === 0) applyEvents(follower, events);
        if (actions[1] === 0) catchUp(joiner, server, store);
        if (actions[1] === 1) applyEvents(joiner, events);
      }
      applyEvents(follower, events);
      applyEvents(joiner, events);
      assert.equal(store.digestOf(follower), store.digestOf(server));
      assert.equal(store.digestOf(joiner), store.digestOf(server));
      assert.deepEqual([follower.seq, joiner.seq], [server.seq, server.seq]);
    }),
    { numRuns: 150 },
  );
});

test('[M7] [C8] leaves the digest as it was when a commit is refused or taken back', () => {
  fc.assert(
    fc.property(fc.array(randomCommit, { minLength: 1, maxLength: 12 }), (commits) => {
      const store = storeOfContents();
      const state = new SessionState();
      firstEvent(state);
      for (const commit of commits) {
        const before = store.digestOf(state);
        const removed = new Map(state.removed);
        const run = new CommitRun(
          state,
          body(operationsOn(state, commit), RANDOM_BUFFERS),
          context(state.seq + 1),
        );
        for (const operation of run.body.operations) if (run.step(operation) !== undefined) break;
        run.rollBack();
        assert.equal(store.digestOf(state), before);
        assert.deepEqual(state.removed, removed);
        if (sequence(state, commit, store) === null) assert.equal(store.digestOf(state), before);
      }
    }),
    { numRuns: 150 },
  );
});
