import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { concat, fromHex, toHex } from '../src/bytes.ts';
import { chunkName, cutIntoChunks } from '../src/chunk.ts';
import { type CommitBody, decodeCommitBody, encodeCommitBody } from '../src/commit.ts';
import type { Datablock } from '../src/datablock.ts';
import { digestForm } from '../src/digest.ts';
import { isRefusal } from '../src/errors.ts';
import { decodeMessage, encodeMessage, type Message } from '../src/frame-types.ts';
import { formatInvite, type Invite, parseInvite } from '../src/invite.ts';
import type { Operation } from '../src/operation.ts';
import { SessionState } from '../src/session-state.ts';
import { isValue, type Value } from '../src/value.ts';
import { body, ChunkStore, codeOf, context, ruleOf } from './support.ts';

/** The vectors of a file; the types say what its author promises. */
function read<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${name}.json`, import.meta.url), 'utf8'));
}

const bytes = (hex: string) => fromHex(hex)!;
/** Bytes written as runs: hexadecimal digits, and how often. */
type Runs = [digits: string, count: number][];
const contentOf = (runs: Runs) => concat(runs.map(([digits, count]) => bytes(digits.repeat(count))));

interface Malformed {
  name: string;
  hex: string;
  rule: string;
}
type Sender = 'client' | 'server';
type GoodMessage = Omit<Message, 'payload'> & { payloadHex: string };
const frames = read<{
  good: { name: string; sender: Sender; hex: string; message: GoodMessage }[];
  malformed: (Malformed & { sender: Sender })[];
}>('frames');

for (const { name, sender, hex, message } of frames.good) {
  test(`[F1] [F2] reads and writes the golden frame: ${name}`, () => {
    const { payloadHex, ...rest } = message;
    assert.deepEqual(decodeMessage(bytes(hex), sender), { ...rest, payload: bytes(payloadHex) });
    assert.equal(
      toHex(encodeMessage(message.name, message.header as never, { ...rest, payload: bytes(payloadHex) })),
      hex,
    );
  });
}

for (const { name, sender, hex, rule } of frames.malformed) {
  test(`[F2] refuses the golden malformed frame: ${name}`, () => {
    assert.equal(ruleOf(decodeMessage(bytes(hex), sender)), rule);
  });
}

const commits = read<{
  good: { name: string; hex: string; operations: Operation[]; buffersHex: string }[];
  malformed: Malformed[];
}>('commits');

for (const { name, hex, operations, buffersHex } of commits.good) {
  test(`[M7] reads and writes the golden commit: ${name}`, () => {
    const made = body(operations, bytes(buffersHex));
    assert.deepEqual(decodeCommitBody(bytes(hex)), made);
    assert.deepEqual(decodeCommitBody(encodeCommitBody(made)), made);
  });
}

for (const { name, hex, rule } of commits.malformed) {
  test(`[F2] refuses the golden malformed commit: ${name}`, () => {
    assert.equal(ruleOf(decodeCommitBody(bytes(hex))), rule);
  });
}

test('[D1] gives every golden value the golden form', () => {
  for (const { value, formHex } of read<{ value: Value; formHex: string }[]>('digests')) {
    assert.ok(isValue(value));
    assert.equal(toHex(digestForm(value)), formHex, JSON.stringify(value));
  }
});

interface GoldenCommit {
  author: number;
  base: number;
  operations: Operation[];
  buffersHex: string;
  onlyIfUnwritten: boolean;
  refused: string | null;
  overwritten: [path: string, author: number, seq: number][];
}
interface GoldenDatablock {
  type: string;
  name: string;
  owner: [user: number, kind: string] | null;
  properties: Record<string, Value>;
  groups: Record<string, { version: number; arrays: Record<string, Runs> }>;
}
const merges = read<{
  contents: Runs;
  cases: {
    name: string;
    rules: string[];
    commits: GoldenCommit[];
    state: Record<string, GoldenDatablock>;
    digest: string;
  }[];
}>('merges');

/** The chunks that golden commits name, and those that travelled in them. */
const goldenStore = () => {
  const store = new ChunkStore();
  for (const run of merges.contents) store.add(contentOf([run]));
  return store;
};

const propertiesOf = (datablock: Datablock) =>
  Object.fromEntries(Array.from(datablock.properties, ([path, { value }]) => [path, value]));

const namesOf = (datablock: Datablock) =>
  Object.fromEntries(
    Array.from(datablock.groups, ([name, group]) => [
      name,
      {
        version: group.version,
        arrays: Object.fromEntries(Array.from(group.arrays, ([path, { chunks }]) => [path, chunks])),
      },
    ]),
  );

const goldenNames = (golden: GoldenDatablock) =>
  Object.fromEntries(
    Object.entries(golden.groups).map(([name, { version, arrays }]) => {
      const named = Object.entries(arrays).map(([path, runs]) => [
        path,
        cutIntoChunks(contentOf(runs)).map(chunkName),
      ]);
      return [name, { version, arrays: Object.fromEntries(named) }];
    }),
  );

const applyGolden = (state: SessionState, store: ChunkStore, commit: GoldenCommit) => {
  const { author, base, onlyIfUnwritten, operations, refused } = commit;
  const sent = decodeCommitBody(encodeCommitBody(body(operations, bytes(commit.buffersHex)))) as CommitBody;
  const applied = state.apply(sent, context(state.seq + 1, { author, base, onlyIfUnwritten }));
  if (refused !== null) return assert.equal(codeOf(applied), refused);
  assert.ok(!isRefusal(applied), JSON.stringify(applied));
  assert.deepEqual(
    applied.overwritten.map((row) => [row.path, row.author, row.seq]),
    commit.overwritten,
  );
  for (const content of applied.inlineChunks.values()) store.add(content);
  state.seq += 1;
};

for (const { name, rules, commits: made, state: golden, digest } of merges.cases) {
  test(`[C4] [D1] ends in the golden state and digest: ${name} (${rules.join(', ')})`, () => {
    const state = new SessionState();
    const store = goldenStore();
    for (const commit of made) applyGolden(state, store, commit);
    assert.equal(store.digestOf(state), digest);
    assert.deepEqual([...state.datablocks.keys()].toSorted(), Object.keys(golden).toSorted());
    for (const datablock of state.datablocks.values()) {
      const expected = golden[datablock.id]!;
      const { owner } = store.nameChunks(datablock);
      assert.deepEqual([datablock.type, datablock.name], [expected.type, expected.name]);
      assert.deepEqual(owner === null ? null : [owner.user, owner.kind], expected.owner);
      assert.deepEqual(propertiesOf(datablock), expected.properties);
      assert.deepEqual(namesOf(datablock), goldenNames(expected));
    }
  });
}

const invites = read<{ good: { link: string; invite: Invite }[]; bad: { link: string; why: string }[] }>(
  'invites',
);

test('[I1] reads every golden invite', () => {
  for (const { link, invite } of invites.good) {
    assert.deepEqual(parseInvite(link), invite, link);
    assert.deepEqual(parseInvite(formatInvite(invite)), invite, link);
  }
});

for (const { link, why } of invites.bad) {
  test(`[I1] refuses a link with ${why}`, () => {
    assert.equal(codeOf(parseInvite(link)), 'bad-invite');
  });
}

test('[M6] gives the chunks of golden contents their names', () => {
  for (const { content, names } of read<{ content: Runs; names: string[] }[]>('chunks')) {
    assert.deepEqual(cutIntoChunks(contentOf(content)).map(chunkName), names);
  }
});
