import { chunkName, type DatablockId, type Operation, type SessionState } from '@sceneport/protocol';
import fc from 'fast-check';

/** What buffers of random commits hold. */
export const BUFFERS = new Uint8Array(16_000).map((_, index) => (index * 7) & 0xff);

const IDS = ['1', '2', '3'].map((digit) => digit.repeat(32) as DatablockId);
const ITEM = 'n/@00000000000000aa';
const PATHS = ['a', 'b', ITEM, `${ITEM}/x`];

/** Contents that commits name as chunks; the first is also what an inline array holds. */
export const CONTENTS = [BUFFERS.slice(0, 4000), BUFFERS.slice(1, 4001), new Uint8Array(4000)];

/** An operation that fits a state: most of what random users do is not refused then. */
type Draft = (state: SessionState) => Operation;

const id = fc.constantFrom(...IDS);
const value = fc.nat(50);
const versionOf = (state: SessionState, of: DatablockId) =>
  state.datablocks.get(of)?.groups.get('geometry')?.version ?? 0;

const draft: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ id, path: fc.constantFrom('a', 'a', 'b'), value }).map(
      (made): Draft =>
        () => ({ op: 'set', id: made.id, set: { [made.path]: made.value }, unset: [] }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({ id, path: fc.constantFrom(...PATHS), value, isUnset: fc.boolean() }).map(
      (made): Draft =>
        () =>
          made.isUnset
            ? { op: 'set', id: made.id, set: {}, unset: [made.path] }
            : { op: 'set', id: made.id, set: { [ITEM]: 1, [made.path]: made.value }, unset: [] },
    ),
  },
  {
    weight: 2,
    arbitrary: id.map(
      (of): Draft =>
        () => ({ op: 'rename', id: of, name: `N${of[0]}` }),
    ),
  },
  id.map(
    (of): Draft =>
      (state) =>
        state.datablocks.has(of) ? { op: 'delete', id: of } : created(of),
  ),
  id.map(
    (of): Draft =>
      () => ({ op: 'own', id: of, kind: 'soft' }),
  ),
  id.map(
    (of): Draft =>
      () => ({ op: 'disown', id: of }),
  ),
  {
    weight: 2,
    arbitrary: fc.record({ id, at: fc.nat(100) }).map(
      (made): Draft =>
        (state) => ({
          op: 'put-group',
          id: made.id,
          group: 'geometry',
          from: versionOf(state, made.id),
          arrays: [{ path: 'position', dtype: 'u1', shape: [4000], data: { at: [made.at, 4000] } }],
        }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ id, content: fc.nat(CONTENTS.length - 1) }).map(
      (made): Draft =>
        (state) => ({
          op: 'put-array',
          id: made.id,
          group: 'geometry',
          from: versionOf(state, made.id),
          path: 'uv',
          dtype: 'u1',
          shape: [4000],
          data: { chunks: [chunkName(CONTENTS[made.content]!)] },
        }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .record({ id, offset: fc.constantFrom(0, 10, 20), size: fc.constantFrom(10, 30), at: fc.nat(900) })
      .map(
        (made): Draft =>
          (state) => ({
            op: 'range',
            id: made.id,
            group: 'geometry',
            from: versionOf(state, made.id),
            path: 'position',
            offset: made.offset,
            at: [made.at, made.size],
          }),
      ),
  },
);

/** What happens to a session. */
export type Step =
  | {
      readonly do: 'commit';
      readonly author: number;
      readonly gesture: string | null;
      readonly drafts: Draft[];
    }
  | { readonly do: 'checkpoint' | 'tidy' }
  | { readonly do: 'wait'; readonly days: number }
  | { readonly do: 'crash'; readonly calls: number }
  /** Of the kept events, the one at this share of them. */
  | { readonly do: 'restore'; readonly share: number };

const commit = fc.record({
  do: fc.constant('commit' as const),
  author: fc.constantFrom(1, 1, 2),
  gesture: fc.constantFrom(null, 'g', 'g', 'h'),
  drafts: fc.array(draft, { minLength: 1, maxLength: 2 }),
});

/** Any schedule of commits, checkpoints (with what follows them), pruning, time, crashes and restores. */
export const schedule: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
    { weight: 14, arbitrary: commit },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('checkpoint' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('tidy' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), calls: fc.nat(12) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('restore' as const),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
  ),
  { maxLength: 40, size: 'max' },
);

/** The first event: datablocks with items and arrays, so that most commits find what they change. */
export const FIRST: readonly Operation[] = IDS.flatMap((of) => [
  created(of),
  {
    op: 'put-group',
    id: of,
    group: 'geometry',
    from: 0,
    arrays: [{ path: 'position', dtype: 'u1', shape: [4000], data: { at: [0, 4000] } }],
  },
]);

function created(of: DatablockId): Operation {
  return { op: 'create', id: of, type: 'Mesh', name: 'New', set: { a: 0, [ITEM]: 1, [`${ITEM}/x`]: 1 } };
}
